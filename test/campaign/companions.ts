/** What settings need beside them: required fields, and those that give them a meaning. */
import { authorities } from './authorities.ts';
import type { Fields } from './leaves.ts';

const anyPool = { cidr: '10.244.0.0/16' };
const secondName: Readonly<Record<string, string>> = {
  'calicoNodeDaemonSet.containers': 'calico-node',
  'calicoNodeDaemonSet.initContainers': 'install-cni',
  'calicoNodeWindowsDaemonSet.containers': 'node',
  'calicoNodeWindowsDaemonSet.initContainers': 'install-cni',
  'csiNodeDriverDaemonSet.containers': 'calico-csi',
  'calicoKubeControllersDeployment.containers': 'calico-kube-controllers',
  'typhaDeployment.containers': 'calico-typha',
  'typhaDeployment.initContainers': 'typha-certs-key-cert-provisioner',
};

function anyContainer(path: string): string {
  return containerName(`${path.split('.')[0] ?? ''}.x.containers[]`);
}

/** A volume that the workload has anyway. */
function anyVolume(path: string): string {
  const volumes: Readonly<Record<string, string>> = {
    calicoNodeDaemonSet: 'xtables-lock',
    csiNodeDriverDaemonSet: 'varrun',
  };
  return volumes[path.split('.')[0] ?? ''] ?? 'tigera-ca-bundle';
}

function containerName(path: string): string {
  const [, workload = '', list = ''] = /^(\w+)\..*\.(containers|initContainers)\[\]$/.exec(path) ?? [];
  return secondName[`${workload}.${list}`] ?? '';
}

/** Keys of labels add to a selector. */
const forLabelKeys = (field: string): Fields =>
  /atchLabelKeys$/.test(field) ? { labelSelector: { matchLabels: { app: 'x' } } } : {};

/** A file of a ConfigMap or a Secret has a key, one of the downward API a field of the pod. */
const contentOf = (path: string, field: string): Fields =>
  !path.includes('downwardAPI')
    ? { key: 'a' }
    : /Ref$/.test(field)
      ? {}
      : { fieldRef: { fieldPath: 'metadata.name' } };

const beside: readonly (readonly [RegExp, (path: string, field: string) => Fields])[] = [
  [/ipPools\[\]$/, () => anyPool],
  [/sysctl\[\]$/, () => ({ key: 'net.ipv4.tcp_keepalive_time', value: '40' })],
  [/^cni$/, () => ({ type: 'Calico' })],
  [/^cni\.ipam$/, () => ({ type: 'Calico' })],
  [/^certificateManagement$/, () => ({ caCert: authorities.one, signerName: 'example.com/calico' })],
  [/imageMirrors\[\]$/, () => ({ source: 'quay.io', mirrors: ['mirror.example.com'] })],
  [
    /ontainers\[\]$/,
    (path, field) => ({
      name: containerName(path),
      ...(field === 'name' ? { resources: { limits: { cpu: '500m' } } } : {}),
    }),
  ],
  [
    /componentResources\[\]$/,
    () => ({ componentName: 'Node', resourceRequirements: { limits: { cpu: '500m' } } }),
  ],
  [
    /tolerations\[\]$/i,
    (_path, field) => ({
      key: 'dedicated',
      ...(field === 'tolerationSeconds' ? { effect: 'NoExecute' } : {}),
      ...(field === 'operator' || field === 'tolerationSeconds'
        ? {}
        : { operator: 'Equal', value: 'network' }),
    }),
  ],
  [/matchFields\[\]$/, () => ({ key: 'metadata.name', operator: 'In', values: ['node-1'] })],
  [/matchExpressions\[\]$/, () => ({ key: 'zone', operator: 'In', values: ['west'] })],
  [
    /topologySpreadConstraints\[\]$/,
    (_path, field) => ({
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      ...forLabelKeys(field),
    }),
  ],
  [
    /odAffinity\.required\w+\[\]$|odAntiAffinity\.required\w+\[\]$|podAffinityTerm$/,
    (_path, field) => ({ topologyKey: 'kubernetes.io/hostname', ...forLabelKeys(field) }),
  ],
  [
    /od(Anti)?Affinity\.preferred\w+\[\]$/,
    () => ({ weight: 5, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname' } }),
  ],
  [
    /nodeAffinity\.preferred\w+\[\]$/,
    () => ({ weight: 5, preference: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] } }),
  ],
  [/env\[\]$/, () => ({ name: 'EXTRA' })],
  [/ConfigMapKeyRef$|configMapKeyRef$|secretKeyRef$/, () => ({ name: 'one', key: 'a' })],
  [/fieldRef$/, () => ({ fieldPath: 'metadata.name' })],
  [
    /resourceFieldRef$/,
    (path) => ({
      resource: 'limits.cpu',
      ...(path.includes('volumes[]') ? { containerName: anyContainer(path) } : {}),
    }),
  ],
  [/volumeMounts\[\]$/, (path) => ({ name: anyVolume(path), mountPath: '/extra' })],
  [
    /volumes\[\]$/,
    (_path, field) => ({
      name: 'extra',
      ...(field === 'name' ? { emptyDir: {} } : {}),
    }),
  ],
  [/items\[\]$/, (path, field) => ({ path: 'a', ...contentOf(path, field) })],
  [/(configMap|projected.*\.secret)$/, () => ({ name: 'one' })],
  [/volumes\[\]\.secret$/, () => ({ secretName: 'one' })],
  [/persistentVolumeClaim$/, () => ({ claimName: 'one' })],
  [/volumes\[\]\.csi$/, () => ({ driver: 'csi.example.com' })],
  [/hostPath$/, () => ({ path: '/var/one' })],
  [/nfs$/, () => ({ server: '192.0.2.1', path: '/one' })],
  [/serviceAccountToken$/, () => ({ path: 'token' })],
  [/claims\[\]$/, () => ({ name: 'gpu' })],
  [/dnsConfig\.options\[\]$/, () => ({ name: 'ndots' })],
  [/tlsCipherSuites\[\]$/, () => ({ name: 'TLS_AES_128_GCM_SHA256' })],
  // Exclusive methods: what stands there already must not count.
  [/nodeAddressAutodetectionV[46]$/, () => ({})],
];

/** What the setting `field` of the object at `path` needs beside it. */
export function companionsOf(path: string, field: string): Fields {
  const companions = beside.find(([pattern]) => pattern.test(path))?.[1](path, field) ?? {};
  const { [field]: _itself, ...others } = companions;
  return others;
}
