/** Values of the operator's own objects. */
import { podSchema } from './kinds.ts';
import type { Counterpart, Section, Value } from './values.ts';
import { anything, flag, labels, list, oneOf, optionalText, text, words } from './words.ts';

const same: Counterpart = { kind: 'same' };
const toleration = (key: string, effect: string, tolerationSeconds?: number): object => ({
  key,
  operator: 'Exists',
  effect,
  ...(tolerationSeconds !== undefined && { tolerationSeconds }),
});

const image: readonly Value[] = [
  {
    path: 'image.registry',
    default: '',
    text: 'Registry of the operator’s image, without a slash at its end.',
    schema: text,
    counterpart: {
      kind: 'other',
      name: 'tigeraOperator.registry',
      note: 'passed over: it names another program',
    },
  },
  {
    path: 'image.repository',
    default: 'calico-operator',
    text: 'Its repository.',
    schema: { type: 'string', minLength: 1 },
    counterpart: {
      kind: 'other',
      name: 'tigeraOperator.image',
      note: 'passed over: it names another program',
    },
  },
  {
    path: 'image.tag',
    default: '',
    text: 'Its tag. Default: the `appVersion` of the chart.',
    schema: text,
    counterpart: {
      kind: 'other',
      name: 'tigeraOperator.version',
      note: 'passed over: it is the version of another program',
    },
  },
  {
    path: 'image.digest',
    default: '',
    text: 'Its digest, `sha256:…`, which goes before the tag.',
    schema: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
  },
  {
    path: 'image.pullPolicy',
    default: 'IfNotPresent',
    text: 'When it is pulled.',
    schema: oneOf('Always', 'IfNotPresent', 'Never'),
    counterpart: { kind: 'other', name: 'tigeraOperator.imagePullPolicy', note: 'passed over' },
  },
];

const scheduling: readonly Value[] = [
  {
    path: 'replicas',
    default: 2,
    text: 'How many pods; one acts, the others take over within seconds. They need a node each.',
    schema: { type: 'integer', minimum: 0, maximum: 10 },
    counterpart: { kind: 'other', name: '–', note: 'one replica there' },
  },
  {
    path: 'nodeSelector',
    default: { 'kubernetes.io/os': 'linux' },
    text: 'Nodes that the operator may run on.',
    schema: words,
    counterpart: same,
  },
  {
    path: 'tolerations',
    default: [
      toleration('node.kubernetes.io/not-ready', 'NoSchedule'),
      toleration('node.kubernetes.io/network-unavailable', 'NoSchedule'),
      toleration('node.cloudprovider.kubernetes.io/uninitialized', 'NoSchedule'),
      toleration('node-role.kubernetes.io/control-plane', 'NoSchedule'),
      toleration('node.kubernetes.io/not-ready', 'NoExecute', 60),
      toleration('node.kubernetes.io/unreachable', 'NoExecute', 60),
    ],
    text: 'Taints that it may run beside: those of a cluster that has no network yet. Bounded, so that it leaves a dead node.',
    schema: list(podSchema('Toleration')),
    counterpart: {
      kind: 'same',
      note: 'the default tolerates everything there, so that the pod stays on dead nodes',
    },
  },
  { path: 'affinity', default: {}, text: 'Its affinity.', schema: podSchema('Affinity'), counterpart: same },
  {
    path: 'topologySpreadConstraints',
    default: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { name: 'tigera-operator' } },
      },
    ],
    text: 'How replicas spread.',
    schema: list(podSchema('TopologySpreadConstraint')),
  },
  {
    path: 'priorityClassName',
    default: 'system-cluster-critical',
    text: 'Its priority. On GKE the chart adds the ResourceQuota that this class needs.',
    schema: text,
    counterpart: { kind: 'same', note: 'empty by default there' },
  },
  {
    path: 'podDisruptionBudget.enabled',
    default: true,
    text: 'Whether drains wait until one replica is left.',
    schema: flag,
  },
  {
    path: 'podDisruptionBudget.maxUnavailable',
    default: 1,
    text: 'How many may be away at once.',
    schema: { type: ['integer', 'string'], minimum: 0, pattern: '^[0-9]+%$' },
  },
];

const process: readonly Value[] = [
  {
    path: 'resources',
    default: { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '256Mi' } },
    text: 'What it gets.',
    schema: podSchema('ResourceRequirements'),
    counterpart: { kind: 'same', note: 'empty by default there' },
  },
  {
    path: 'logLevel',
    default: 'info',
    text: 'Least important lines to log.',
    schema: oneOf('debug', 'info', 'warn', 'error'),
  },
  {
    path: 'extraArgs',
    default: [],
    text: 'Further flags of `run`.',
    schema: list({ type: 'string', pattern: '^-' }),
  },
  {
    path: 'extraEnv',
    default: [],
    text: 'Further environment variables.',
    schema: list(podSchema('EnvVar')),
    counterpart: { kind: 'other', name: 'tigeraOperator.env', note: 'works under both names' },
  },
  { path: 'extraVolumes', default: [], text: 'Further volumes.', schema: list(podSchema('Volume')) },
  {
    path: 'extraVolumeMounts',
    default: [],
    text: 'Where they are mounted.',
    schema: list(podSchema('VolumeMount')),
  },
];

const pod: readonly Value[] = [
  {
    path: 'hostNetwork',
    default: true,
    text: 'The host’s network, as there is no other before Calico runs. Only where another plugin gives addresses it can do without.',
    schema: flag,
    counterpart: { kind: 'other', name: '–', note: 'always on there' },
  },
  {
    path: 'dnsPolicy',
    default: '',
    text: 'Default: `ClusterFirstWithHostNet` on the host’s network, else `ClusterFirst`.',
    schema: oneOf('', 'ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
    counterpart: same,
  },
  {
    path: 'dnsConfig',
    default: {},
    text: 'Its DNS settings.',
    schema: podSchema('PodDNSConfig'),
    counterpart: same,
  },
  { path: 'podAnnotations', default: {}, text: 'Annotations of all pods.', schema: words, counterpart: same },
  { path: 'podLabels', default: {}, text: 'Labels of all pods.', schema: labels, counterpart: same },
  {
    path: 'additionalLabels',
    default: {},
    text: 'Labels of all objects.',
    schema: labels,
    counterpart: same,
  },
  {
    path: 'terminationGracePeriodSeconds',
    default: 30,
    text: 'How long it may take to stop.',
    schema: { type: 'integer', minimum: 0 },
    counterpart: { kind: 'other', name: '–', note: 'always 60 there' },
  },
  {
    path: 'podSecurityContext',
    default: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    text: 'The `restricted` profile. Set `runAsUser` and `runAsGroup` to `null` where the platform gives numbers, as OpenShift does.',
    schema: anything,
  },
  {
    path: 'containerSecurityContext',
    default: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    text: 'The same for the container.',
    schema: anything,
    counterpart: { kind: 'same', note: 'no release of Tigera’s chart for v3.32 has it' },
  },
];

const access: readonly Value[] = [
  {
    path: 'serviceAccount.create',
    default: true,
    text: 'Whether the chart makes the ServiceAccounts of the operator and of the hook that upgrades definitions.',
    schema: flag,
  },
  {
    path: 'serviceAccount.annotations',
    default: {},
    text: 'Annotations of the ServiceAccount.',
    schema: words,
  },
  {
    path: 'rbac.create',
    default: true,
    text: 'Whether the chart makes roles and binds them, those of its hooks and of `rbac.viewer` too. If not, [bring them](#roles-of-your-own).',
    schema: flag,
  },
  {
    path: 'rbac.viewer',
    default: true,
    text: 'Whether it makes the roles for people who only look. `helm test` uses them, and is not there without.',
    schema: flag,
  },
];

const ignored: readonly Value[] = [
  {
    path: 'tigeraOperator',
    default: {},
    text: 'Of Tigera’s chart. `env` is added to `extraEnv`; the rest names another program and is passed over.',
    schema: {
      type: 'object',
      properties: {
        env: list(podSchema('EnvVar')),
        registry: text,
        image: text,
        version: text,
        imagePullPolicy: text,
      },
      additionalProperties: false,
    },
    counterpart: { kind: 'same', note: '`env` only, see above' },
  },
  {
    path: 'kubeletVolumePluginPath',
    default: '',
    text: 'Of older releases of Tigera’s chart. If set, it goes before `installation.kubeletVolumePluginPath`, as it did there.',
    schema: optionalText,
    counterpart: { kind: 'same', note: 'not in v3.32 any more' },
  },
  {
    path: 'calicoctl',
    default: {},
    text: 'Of Tigera’s chart, for an init container on OpenShift that is not needed here. Passed over.',
    schema: { type: 'object', properties: { image: text, tag: text }, additionalProperties: false },
    counterpart: { kind: 'other', name: 'calicoctl', note: 'passed over' },
  },
];

export const podValues: readonly Section[] = [
  { title: 'The operator’s image', values: image },
  { title: 'Where it runs', values: scheduling },
  { title: 'How it runs', values: process },
  { title: 'Its pod', values: pod },
  { title: 'What it may do', values: access },
  { title: 'Accepted for the sake of values written for Tigera’s chart', values: ignored },
];
