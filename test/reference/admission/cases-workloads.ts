/** What is said to workload overrides, and to other kinds. */
import { bad, type Case, good, type Json, network } from './case.ts';
import { additionCases } from './cases-additions.ts';

const typhaPod = (spec: Json): Json => ({ typhaDeployment: { spec: { template: { spec } } } });
const typhaUpdate = (rollingUpdate: Json): Json => ({
  typhaDeployment: { spec: { strategy: { rollingUpdate } } },
});

export const names: readonly Case[] = [
  good('overlay', network({ mtu: 1400 }), { name: 'overlay' }),
  { ...bad('another name', {}, "Installation 'calico' must be named default or overlay"), name: 'calico' },
  {
    ...bad('the name of the commercial variant', {}, "'tigera-secure' must be named default or overlay"),
    name: 'tigera-secure',
  },
  { ...bad('Goldmane of another name', {}, 'must be named default'), kind: 'Goldmane', name: 'mine' },
  { ...bad('Whisker of another name', {}, 'must be named default'), kind: 'Whisker', name: 'mine' },
  {
    ...bad('APIServer of another name', {}, 'must be named default or tigera-secure'),
    kind: 'APIServer',
    name: 'x',
  },
  good('APIServer of the former name', {}, { kind: 'APIServer', name: 'tigera-secure' }),
];

export const workloads: readonly Case[] = [
  bad(
    'a container of another pod',
    typhaPod({ containers: [{ name: 'calico-node' }] }),
    'containers[0].name',
    'calico-typha',
  ),
  bad(
    'a container twice',
    typhaPod({ containers: [{ name: 'calico-typha' }, { name: 'calico-typha' }] }),
    'Duplicate',
  ),
  bad(
    'both names of one container',
    {
      calicoNodeDaemonSet: {
        spec: {
          template: { spec: { initContainers: [{ name: 'mount-bpffs' }, { name: 'ebpf-bootstrap' }] } },
        },
      },
    },
    'keep only ebpf-bootstrap',
  ),
  ...additionCases,
  good('Windows resources by the old field', {
    componentResources: [{ componentName: 'NodeWindows', resourceRequirements: {} }],
  }),
  bad('negative seconds', { typhaDeployment: { spec: { minReadySeconds: -1 } } }, 'minReadySeconds'),
  bad('negative grace', typhaPod({ terminationGracePeriodSeconds: -1 }), 'terminationGracePeriodSeconds'),
  bad('amount that is none', typhaUpdate({ maxSurge: 'some' }), 'maxSurge', 'percentage'),
  bad('more than all', typhaUpdate({ maxUnavailable: '120%' }), '100% at most'),
  good('a fair update', typhaUpdate({ maxSurge: '100%', maxUnavailable: 0 })),
  bad(
    'toleration of everything with a value',
    { controlPlaneTolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] },
    'controlPlaneTolerations[0]',
    'Exists has no value',
  ),
  bad('toleration without key', { controlPlaneTolerations: [{ value: 'b' }] }, 'needs operator Exists'),
  bad(
    'toleration of an unknown effect',
    typhaPod({ tolerations: [{ key: 'a', effect: 'Never' }] }),
    'tolerations[0].effect',
    'NoExecute',
  ),
  bad(
    'seconds without NoExecute',
    typhaPod({ tolerations: [{ key: 'a', tolerationSeconds: 5 }] }),
    'needs effect NoExecute',
  ),
  good(
    'tolerate everything',
    typhaPod({
      tolerations: [
        { operator: 'Exists' },
        { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 5 },
      ],
    }),
  ),
  bad(
    'skew of 0',
    typhaPod({
      topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
    }),
    'maxSkew',
  ),
  bad(
    'domains without force',
    typhaPod({
      topologySpreadConstraints: [
        { maxSkew: 1, minDomains: 2, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    }),
    'needs whenUnsatisfiable DoNotSchedule',
  ),
  bad(
    'amount of memory that is none',
    typhaPod({ containers: [{ name: 'calico-typha', resources: { limits: { memory: 'much' } } }] }),
    'memory',
  ),
];

export const others: readonly Case[] = [
  {
    ...good('an image set', { images: [{ image: 'calico/node', digest: `sha256:${'0'.repeat(64)}` }] }),
    kind: 'ImageSet',
    name: 'calico-v3.32.1',
  },
  {
    ...bad(
      'a digest that is a tag',
      { images: [{ image: 'calico/node', digest: 'v3.32.1' }] },
      'images[0].digest',
      "'v3.32.1' must be sha256:",
    ),
    kind: 'ImageSet',
    name: 'calico-v3.32.1',
  },
  {
    ...bad(
      'an image with tag',
      { images: [{ image: 'calico/node:v1', digest: 'sha256:0' }] },
      "image 'calico/node:v1' must be path and name only",
    ),
    kind: 'ImageSet',
    name: 'calico-v3.32.1',
  },
  {
    ...good('ports of the API server', {
      apiServerDeployment: {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'calico-apiserver', ports: [{ name: 'apiserver', containerPort: 5444 }] }],
            },
          },
        },
      },
    }),
    kind: 'APIServer',
  },
  {
    ...bad(
      "another container's port",
      {
        apiServerDeployment: {
          spec: {
            template: {
              spec: {
                containers: [
                  { name: 'calico-apiserver', ports: [{ name: 'queryserver', containerPort: 5444 }] },
                ],
              },
            },
          },
        },
      },
      'a port belongs to its own container',
    ),
    kind: 'APIServer',
  },
  { ...bad('unknown word', { notifications: 'Loud' }, 'spec.notifications', 'Disabled'), kind: 'Whisker' },
  { ...good('metrics off', { metricsPort: 0 }), kind: 'Goldmane' },
  {
    ...bad(
      'a pool in two tunnels',
      { cidr: '10.0.0.0/16', ipipMode: 'Always', vxlanMode: 'Always' },
      'cannot both be on',
    ),
    kind: 'IPPool',
    name: 'a',
  },
  {
    ...bad(
      'an IPv6 pool in IPIP',
      { cidr: 'fd00::/48', ipipMode: 'CrossSubnet' },
      'IPIP exists for IPv4 only',
    ),
    kind: 'IPPool',
    name: 'a',
  },
  {
    ...bad('default for some nodes', { nodeSelector: 'all()' }, 'leave out nodeSelector'),
    kind: 'FelixConfiguration',
  },
  {
    ...bad('a unit that is none', { reportingInterval: '5 years' }, 'reportingInterval'),
    kind: 'FelixConfiguration',
  },
  {
    ...good('words in any case', {
      bpfLogLevel: 'debug',
      logSeverityScreen: 'WARNING',
      reportingInterval: '1m30.5s',
    }),
    kind: 'FelixConfiguration',
  },
  {
    ...bad(
      'a mesh password without mesh',
      { nodeToNodeMeshEnabled: false, nodeMeshPassword: {} },
      'nodeMeshPassword is for the node-to-node mesh',
    ),
    kind: 'BGPConfiguration',
  },
];
