/** What the API server fills into objects of the kinds that are rendered, as it does for Kubernetes 1.36. */
import { each, fill, within } from './fill.ts';
import { isObject, type JsonObject } from './json.ts';
import { podSpecDefaults } from './pod-defaults.ts';

const template = (spec: JsonObject) =>
  within(spec, 'template', (pod) => within(pod, 'spec', podSpecDefaults));

function daemonSet(spec: JsonObject): JsonObject {
  const strategy = isObject(spec['updateStrategy']) ? spec['updateStrategy'] : {};
  const rolling = isObject(strategy['rollingUpdate']) ? strategy['rollingUpdate'] : {};
  return fill(
    {
      ...template(spec),
      updateStrategy: {
        type: 'RollingUpdate',
        ...strategy,
        rollingUpdate: fill(rolling, { maxSurge: 0, maxUnavailable: 1 }),
      },
    },
    { revisionHistoryLimit: 10 },
  );
}

function deployment(spec: JsonObject): JsonObject {
  const strategy = fill(isObject(spec['strategy']) ? spec['strategy'] : {}, { type: 'RollingUpdate' });
  const rolling = isObject(strategy['rollingUpdate']) ? strategy['rollingUpdate'] : {};
  return fill(
    {
      ...template(spec),
      strategy:
        strategy['type'] === 'RollingUpdate'
          ? { ...strategy, rollingUpdate: fill(rolling, { maxSurge: '25%', maxUnavailable: '25%' }) }
          : strategy,
    },
    { progressDeadlineSeconds: 600, replicas: 1, revisionHistoryLimit: 10 },
  );
}

function service(spec: JsonObject): JsonObject {
  const ports = each(spec, 'ports', (port) => fill(port, { protocol: 'TCP', targetPort: port['port'] }));
  return fill(ports, {
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    type: 'ClusterIP',
  });
}

const specDefaults: Readonly<Record<string, (spec: JsonObject) => JsonObject>> = {
  DaemonSet: daemonSet,
  Deployment: deployment,
  Service: service,
  CSIDriver: (spec) =>
    fill(spec, {
      attachRequired: true,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      podInfoOnMount: false,
      requiresRepublish: false,
      seLinuxMount: false,
      storageCapacity: false,
      volumeLifecycleModes: ['Persistent'],
    }),
  // Of Calico's own CRDs.
  BGPConfiguration: (spec) =>
    fill(spec, { logSeverityScreen: 'Info', serviceLoadBalancerAggregation: 'Enabled' }),
};

function namespaceDefaults(object: JsonObject): JsonObject {
  const labelled = within(object, 'metadata', (metadata) => ({
    ...metadata,
    labels: {
      ...(isObject(metadata['labels']) ? metadata['labels'] : {}),
      'kubernetes.io/metadata.name': metadata['name'],
    },
  }));
  return { ...labelled, spec: { finalizers: ['kubernetes'] } };
}

/** The object as the API server would give it back after creation, but for status and generated metadata. */
export function applyDefaults(object: JsonObject): JsonObject {
  const kind = object['kind'];
  if (kind === 'Namespace') return namespaceDefaults(object);
  if (kind === 'Secret') return fill(object, { type: 'Opaque' });
  const defaultSpec = typeof kind === 'string' ? specDefaults[kind] : undefined;
  return defaultSpec === undefined ? object : within(object, 'spec', defaultSpec);
}
