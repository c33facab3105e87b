/** The small kinds of `operator.tigera.io`. */
import Type from 'typebox';
import { conditions } from './conditions.ts';
import { integer, mapList, object, oneOf, optional, port, text, toggle } from './kit.ts';
import {
  container,
  containerFields,
  deploymentStrategy,
  initContainers,
  override,
  priorityClassName,
  spreadConstraints,
  terminationGracePeriod,
} from './overrides.ts';

const severity = (of: string) =>
  object(`Logging of the ${of}.`, {
    logSeverity: optional(
      oneOf(['Fatal', 'Error', 'Warn', 'Info', 'Debug', 'Trace'], 'Least severity that is logged.', {
        default: 'Info',
      }),
    ),
  });

const ports = <const Name extends string>(names: readonly Name[]) =>
  optional(
    mapList(
      object('One port.', { name: oneOf(names, 'Which port.'), containerPort: port('Its number.') }),
      ['name'],
      'Ports that the container listens on.',
      { maxItems: 8 },
    ),
  );

const apiServerContainer = object(
  'One container.',
  {
    ...containerFields(['calico-apiserver', 'tigera-queryserver', 'calico-l7-admission-controller']),
    ports: ports(['apiserver', 'queryserver', 'l7admctrl']),
  },
  {
    rules: [
      {
        rule: '!has(self.ports) || self.ports.all(p, p.name == {"calico-apiserver": "apiserver", "tigera-queryserver": "queryserver", "calico-l7-admission-controller": "l7admctrl"}[self.name])',
        message:
          'a port belongs to its own container: apiserver to calico-apiserver, queryserver to tigera-queryserver, l7admctrl to calico-l7-admission-controller',
        fieldPath: '.ports',
      },
    ],
  },
);

const apiServerDeployment = override({
  workload: 'Deployment calico-apiserver',
  containers: apiServerContainer,
  pod: {
    initContainers: initContainers(container(['calico-apiserver-certs-key-cert-provisioner'])),
    priorityClassName,
    topologySpreadConstraints: spreadConstraints,
  },
  spec: {},
});

const calicoWebhooksDeployment = override({
  workload: 'Deployment calico-webhooks',
  containers: object('One container.', {
    ...containerFields(['calico-webhooks']),
    ports: ports(['calico-webhooks']),
  }),
  pod: { hostNetwork: optional(Type.Boolean({ description: 'Run the pods in the network of the host.' })) },
  spec: {},
});

export const apiServerSpec = object('How the Calico API server runs.', {
  apiServerDeployment: optional(apiServerDeployment),
  calicoWebhooksDeployment: optional(calicoWebhooksDeployment),
  logging: optional(
    object('Logging.', {
      apiServer: optional(severity('API server')),
      queryServer: optional(severity('query server; no effect in open-source Calico')),
    }),
  ),
});

export const apiServerStatus = object('Where it stands.', {
  state: optional(text('Ready when the API server can be used.')),
  observedGeneration: optional(
    integer('Generation of the spec that this status speaks of.', { minimum: 0, format: 'int64' }),
  ),
  conditions: optional(conditions),
});

const flowDeployment = <const Name extends string>(workload: string, names: readonly Name[]) =>
  override({
    workload: `Deployment ${workload}`,
    containers: container(names),
    pod: {
      priorityClassName,
      terminationGracePeriodSeconds: terminationGracePeriod,
      topologySpreadConstraints: spreadConstraints,
    },
    spec: { strategy: optional(deploymentStrategy) },
  });

export const goldmaneSpec = object('How Goldmane, which collects flows, runs.', {
  goldmaneDeployment: optional(flowDeployment('goldmane', ['goldmane'])),
  metricsPort: optional(integer('Port of its metrics; 0 or unset: none.', { minimum: 0, maximum: 65535 })),
});

export const whiskerSpec = object('How Whisker, which shows flows, runs.', {
  notifications: optional(toggle('Show notes about new releases. Default: Enabled.')),
  whiskerDeployment: optional(flowDeployment('whisker', ['whisker', 'whisker-backend'])),
});

/** Status of Goldmane and of Whisker. */
export const componentStatus = object('Where it stands.', {
  observedGeneration: optional(
    integer('Generation of the spec that this status speaks of.', { minimum: 0, format: 'int64' }),
  ),
  conditions: optional(conditions),
});

const image = object('Digest of one image.', {
  image: text('Path and name without registry, prefix and tag: for example calico/node.', {
    maxLength: 512,
    rules: [
      {
        rule: 'self.contains("/") && !self.contains(":") && !self.contains("@")',
        message: 'image is path and name only, without registry, tag and digest: for example calico/node',
        messageExpression:
          '"image \'" + self + "\' must be path and name only, without tag and digest: for example calico/node"',
      },
    ],
  }),
  digest: text('Digest of the image, as sha256: and 64 hexadecimal digits.', {
    maxLength: 256,
    rules: [
      {
        rule: 'self.startsWith("sha256:")',
        message: 'digest must start with sha256:',
        messageExpression: '"digest \'" + self + "\' must be sha256: and 64 hexadecimal digits"',
      },
    ],
  }),
});

export const imageSetSpec = object('Digests that take the place of tags.', {
  images: optional(mapList(image, ['image'], 'One entry for each image.', { maxItems: 200 })),
});

const statusCondition = object('One aspect of the state of a component.', {
  type: text('Available, Progressing or Degraded.'),
  status: text('True, False or Unknown.'),
  lastTransitionTime: text('When status last changed.', { format: 'date-time' }),
  observedGeneration: optional(
    integer("Generation of the component's resource that this was concluded from.", { format: 'int64' }),
  ),
  reason: optional(text('One word for programs: why status is what it is.')),
  message: optional(text('For people: what is the case and what to do about it.')),
});

export const tigeraStatusStatus = object('State of the component.', {
  conditions: mapList(statusCondition, ['type'], 'One entry for each type of condition.'),
});
