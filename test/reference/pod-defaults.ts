/** Defaults of pods, containers, probes and volumes. */
import { each, fill, within } from './fill.ts';
import { isObject, type JsonObject, textOf } from './json.ts';

const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function probe(given: JsonObject): JsonObject {
  return fill(
    within(given, 'httpGet', (action) => fill(action, { path: '/', scheme: 'HTTP' })),
    { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 },
  );
}

const variable = (given: JsonObject): JsonObject =>
  within(given, 'valueFrom', (source) =>
    within(source, 'fieldRef', (field) => fill(field, { apiVersion: 'v1' })),
  );

function container(given: JsonObject): JsonObject {
  const probed = probeFields.reduce((filled, field) => within(filled, field, probe), given);
  const withEnv = each(probed, 'env', variable);
  return fill(
    each(withEnv, 'ports', (port) => fill(port, { protocol: 'TCP' })),
    {
      imagePullPolicy: /:latest"$|^[^:@]*$/.test(textOf(given['image'])) ? 'Always' : 'IfNotPresent',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    },
  );
}

const modes = ['secret', 'configMap', 'projected', 'downwardAPI'] as const;

function volume(given: JsonObject): JsonObject {
  const typed = within(given, 'hostPath', (source) => fill(source, { type: '' }));
  return modes.reduce(
    (filled, field) => within(filled, field, (source) => fill(source, { defaultMode: 420 })),
    typed,
  );
}

/** `spec` of a pod template. */
export function podSpecDefaults(given: JsonObject): JsonObject {
  const containers = each(each(given, 'containers', container), 'initContainers', container);
  const account = given['serviceAccountName'];
  return fill(each(containers, 'volumes', volume), {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: isObject(given['securityContext']) ? given['securityContext'] : {},
    ...(account === undefined ? {} : { serviceAccount: account }),
    terminationGracePeriodSeconds: 30,
  });
}
