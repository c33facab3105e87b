/**
 * What the CRDs accept and what they refuse, for the offline check of the rules and for the API server itself.
 * Specs are JSON as users write it, mistakes included.
 */

type Json = Readonly<Record<string, unknown>>;

/** One object put to the schema. */
export interface Case {
  readonly title: string;
  /** Default: Installation. */
  readonly kind?: string;
  /** Default: `default`. */
  readonly name?: string;
  readonly spec: Json;
  /** What the refusal must say; absent: it is accepted. */
  readonly refusal?: readonly string[];
}

const pool = (more: Json): Json => ({ calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', ...more }] } });
const pools = (...list: readonly Json[]): Json => ({ calicoNetwork: { ipPools: list } });
const network = (calicoNetwork: Json): Json => ({ calicoNetwork });
const autodetection = (nodeAddressAutodetectionV4: Json): Json => network({ nodeAddressAutodetectionV4 });
const typhaPod = (spec: Json): Json => ({ typhaDeployment: { spec: { template: { spec } } } });
const typhaUpdate = (rollingUpdate: Json): Json => ({
  typhaDeployment: { spec: { strategy: { rollingUpdate } } },
});

const good = (title: string, spec: Json, more: Partial<Case> = {}): Case => ({ title, spec, ...more });
const bad = (title: string, spec: Json, ...refusal: readonly [string, ...string[]]): Case => ({
  title,
  spec,
  refusal,
});

const names: readonly Case[] = [
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

const poolCases: readonly Case[] = [
  good('no pools at all', pools()),
  good(
    '25 pools',
    pools(...Array.from({ length: 25 }, (_, index) => ({ cidr: `10.${String(index)}.0.0/16` }))),
  ),
  bad(
    '26 pools',
    pools(...Array.from({ length: 26 }, (_, index) => ({ cidr: `10.${String(index)}.0.0/16` }))),
    'spec.calicoNetwork.ipPools',
    '25 items',
  ),
  good('host bits, taken as the network', pool({ cidr: '10.244.0.1/16' })),
  good('a range of one IPv6 block', pool({ cidr: 'fd00::/122' })),
  bad('text', pool({ cidr: 'ten' }), 'ipPools[0].cidr', "'ten' is not an address and a prefix length"),
  bad(
    'an address without length',
    pool({ cidr: '10.0.0.1' }),
    'ipPools[0].cidr',
    "'10.0.0.1' is not an address",
  ),
  bad(
    'a length above 32',
    pool({ cidr: '10.244.0.0/99' }),
    "'10.244.0.0/99' is not",
    'write it like 10.244.0.0/16',
  ),
  bad('leading zeros', pool({ cidr: '010.0.0.0/8' }), "'010.0.0.0/8' is not"),
  bad('no cidr', pools({ name: 'a' }), 'ipPools[0].cidr', 'Required'),
  bad(
    'IPv4 block of 19',
    pool({ blockSize: 19 }),
    'ipPools[0].blockSize',
    '10.244.0.0/16',
    'choose 20 to 32',
  ),
  bad('IPv4 block of 33', pool({ blockSize: 33 }), 'choose 20 to 32'),
  bad('IPv6 block of 115', pool({ cidr: 'fd00::/48', blockSize: 115 }), 'fd00::/48', 'choose 116 to 128'),
  bad('IPv6 block of 129', pool({ cidr: 'fd00::/48', blockSize: 129 }), 'choose 116 to 128'),
  good(
    'blocks at the bounds',
    pools({ cidr: '10.0.0.0/20', blockSize: 20 }, { cidr: 'fd00::/48', blockSize: 128 }),
  ),
  bad(
    'block larger than the pool',
    pool({ cidr: '10.244.0.0/28', blockSize: 26 }),
    '10.244.0.0/28 is smaller than one block',
  ),
  bad(
    'default block larger than the pool',
    pool({ cidr: '10.244.0.0/28' }),
    'one block of the default size 26',
  ),
  bad(
    'IPv6 default block larger than the pool',
    pool({ cidr: 'fd00::/124' }),
    'one block of the default size 122',
  ),
  bad(
    'IPIP on IPv6',
    pool({ cidr: 'fd00::/48', encapsulation: 'IPIP' }),
    'ipPools[0].encapsulation',
    'IPIP',
    'fd00::/48',
    'choose VXLAN',
  ),
  bad(
    'IPIPCrossSubnet on IPv6',
    pool({ cidr: 'fd00::/48', encapsulation: 'IPIPCrossSubnet' }),
    'IPIPCrossSubnet is not possible',
  ),
  bad(
    'unknown encapsulation',
    pool({ encapsulation: 'GRE' }),
    'ipPools[0].encapsulation',
    'VXLANCrossSubnet',
  ),
  bad(
    'one pool in another',
    pools({ cidr: '10.244.0.0/16' }, { cidr: '10.244.1.0/24' }),
    'pools 10.244.0.0/16 and 10.244.1.0/24 overlap',
  ),
  bad('the same range written twice', pools({ cidr: '10.0.0.0/8' }, { cidr: '10.1.0.0/8' }), 'overlap'),
  bad(
    'an overlap far down',
    pools(...['10.0', '10.1', '10.2', '10.3', '10.4'].map((net) => ({ cidr: `${net}.0.0/16` })), {
      cidr: '10.4.4.0/24',
    }),
    'pools overlap',
  ),
  bad('duplicate', pools({ cidr: '10.0.0.0/8' }, { cidr: '10.0.0.0/8' }), 'ipPools[1]', 'Duplicate'),
  bad(
    'one name twice',
    pools({ cidr: '10.0.0.0/16', name: 'a' }, { cidr: '10.1.0.0/16', name: 'a' }),
    'same name',
  ),
  good('two without a name', pools({ cidr: '10.0.0.0/16', name: '' }, { cidr: '10.1.0.0/16', name: '' })),
  bad('a name that no object can have', pool({ name: 'Pool_1' }), 'ipPools[0].name', 'lower-case'),
  good(
    'for load balancers',
    pool({ allowedUses: ['LoadBalancer'], encapsulation: 'None', nodeSelector: 'all()' }),
  ),
  bad(
    'load balancers and pods',
    pool({ allowedUses: ['LoadBalancer', 'Workload'] }),
    'LoadBalancer cannot be combined',
  ),
  bad(
    'load balancers with a tunnel',
    pool({ allowedUses: ['LoadBalancer'], encapsulation: 'VXLAN' }),
    'set encapsulation to None',
  ),
  bad(
    'load balancers of some nodes',
    pool({ allowedUses: ['LoadBalancer'], nodeSelector: 'rack == "a"' }),
    'set nodeSelector to all()',
  ),
  bad(
    'load balancers in secret',
    pool({ allowedUses: ['LoadBalancer'], disableBGPExport: true }),
    'leave out disableBGPExport',
  ),
  bad('an unknown use', pool({ allowedUses: ['Pods'] }), 'allowedUses[0]', 'Workload'),
  bad('an unknown assignment', pool({ assignmentMode: 'Sometimes' }), 'assignmentMode', 'Manual'),
];

const networkCases: readonly Case[] = [
  bad(
    'IPIP without BGP',
    { calicoNetwork: { bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'IPIP' }] } },
    'spec.calicoNetwork.bgp',
    'set bgp to Enabled, or encapsulation to VXLAN',
  ),
  good('IPIP without BGP, routed by Felix', {
    calicoNetwork: {
      bgp: 'Disabled',
      clusterRoutingMode: 'Felix',
      ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'IPIP' }],
    },
  }),
  bad(
    'None without BGP',
    {
      cni: { type: 'Calico' },
      calicoNetwork: { bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] },
    },
    'encapsulation None',
    'set bgp to Enabled',
  ),
  good('None without BGP, plugin of the platform', {
    calicoNetwork: { bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'None' }] },
  }),
  bad(
    'VXLAN with HostLocal',
    { cni: { type: 'Calico', ipam: { type: 'HostLocal' } }, ...pool({ encapsulation: 'VXLAN' }) },
    'HostLocal',
  ),
  bad(
    'VXLAN with another plugin',
    { cni: { type: 'GKE' }, ...pool({ encapsulation: 'VXLAN' }) },
    'set encapsulation to None, or cni.type to Calico',
  ),
  bad(
    'pools by node with another plugin',
    { cni: { type: 'AmazonVPC' }, ...pool({ nodeSelector: 'has(x)' }) },
    'set nodeSelector to all()',
  ),
  bad(
    'BGP with another plugin',
    { cni: { type: 'AzureVNET' }, calicoNetwork: { bgp: 'Enabled', ipPools: [{ cidr: '10.0.0.0/16' }] } },
    'set bgp to Disabled',
  ),
  bad(
    'host ports with another plugin',
    { cni: { type: 'GKE' }, ...network({ hostPorts: 'Enabled' }) },
    'spec.calicoNetwork.hostPorts',
    'leave hostPorts out',
  ),
  bad(
    'forwarding with another plugin',
    { cni: { type: 'GKE' }, ...network({ containerIPForwarding: 'Enabled' }) },
    'containerIPForwarding',
  ),
  bad(
    'Multus with another plugin',
    { cni: { type: 'GKE' }, ...network({ multiInterfaceMode: 'Multus' }) },
    'multiInterfaceMode',
  ),
  bad(
    'VPP with another plugin',
    { cni: { type: 'GKE' }, ...network({ linuxDataplane: 'VPP' }) },
    'linuxDataplane VPP needs CNI Calico',
  ),
  bad('VPP without BGP', network({ linuxDataplane: 'VPP', bgp: 'Disabled' }), 'VPP needs BGP'),
  bad(
    'VPP without host ports',
    network({ linuxDataplane: 'VPP', hostPorts: 'Disabled' }),
    'set hostPorts to Enabled',
  ),
  bad(
    'VPP with a policy timeout',
    network({ linuxDataplane: 'VPP', linuxPolicySetupTimeoutSeconds: 5 }),
    'leave it out',
  ),
  good(
    'a policy timeout of 0, as defaults were once written',
    network({ linuxDataplane: 'VPP', linuxPolicySetupTimeoutSeconds: 0 }),
  ),
  bad(
    'negative policy timeout',
    network({ linuxPolicySetupTimeoutSeconds: -1 }),
    'linuxPolicySetupTimeoutSeconds',
  ),
  bad(
    'bootstrap without BPF',
    network({ linuxDataplane: 'Iptables', bpfNetworkBootstrap: 'Enabled' }),
    'bpfNetworkBootstrap is for linuxDataplane BPF',
  ),
  good(
    'BPF with everything',
    network({ linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled', kubeProxyManagement: 'Enabled' }),
  ),
  bad(
    'Windows with IPIP',
    {
      calicoNetwork: {
        windowsDataplane: 'HNS',
        ipPools: [{ cidr: 'fd00::/48' }, { cidr: '10.0.0.0/16', encapsulation: 'IPIP' }],
      },
    },
    'Windows nodes need',
  ),
  good('Windows with VXLAN', {
    calicoNetwork: { windowsDataplane: 'HNS', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }] },
  }),
  bad('negative MTU', network({ mtu: -1 }), 'spec.calicoNetwork.mtu'),
  bad('tiny MTU', network({ mtu: 60 }), 'at least 68'),
  bad('huge MTU', network({ mtu: 70000 }), '65535'),
  good('MTU 0', network({ mtu: 0 })),
  bad(
    'a forbidden sysctl',
    network({ sysctl: [{ key: 'net.ipv4.ip_forward', value: '1' }] }),
    'sysctl[0].key',
    'net.ipv4.tcp_keepalive_time',
  ),
  bad(
    'a sysctl that is no number',
    network({ sysctl: [{ key: 'net.ipv4.tcp_keepalive_time', value: 'long' }] }),
    "'long' is not a whole number",
  ),
  bad(
    'a sysctl twice',
    network({
      sysctl: [
        { key: 'net.ipv4.tcp_keepalive_time', value: '1' },
        { key: 'net.ipv4.tcp_keepalive_time', value: '2' },
      ],
    }),
    'Duplicate',
  ),
];

const autodetectionCases: readonly Case[] = [
  bad(
    'two methods',
    autodetection({ firstFound: true, interface: 'eth0' }),
    'nodeAddressAutodetectionV4',
    'one method only',
  ),
  bad(
    'ranges and a node address',
    autodetection({ cidrs: ['10.0.0.0/8'], kubernetes: 'NodeInternalIP' }),
    'one method only',
  ),
  good(
    'methods switched off do not count',
    autodetection({ firstFound: false, canReach: '', cidrs: [], interface: 'eth.*' }),
  ),
  good('nothing chosen', autodetection({})),
  bad(
    'a range that is none',
    autodetection({ cidrs: ['10.0.0.0/8', '10.0.0.0'] }),
    'cidrs[1]',
    "'10.0.0.0' is not",
  ),
  bad('an unknown node address', autodetection({ kubernetes: 'NodeExternalIP' }), 'NodeInternalIP'),
];

const cniCases: readonly Case[] = [
  bad('no type', { cni: { binDir: '/opt/cni/bin' } }, 'spec.cni.type', 'Required'),
  bad('unknown type', { cni: { type: 'Flannel' } }, 'spec.cni.type', 'AmazonVPC'),
  ...(
    [
      ['Calico', 'AmazonVPC', 'use Calico or HostLocal'],
      ['GKE', 'Calico', 'use HostLocal'],
      ['AmazonVPC', 'Calico', 'use AmazonVPC'],
      ['AzureVNET', 'HostLocal', 'use AzureVNET'],
    ] as const
  ).map(([type, ipam, cure]) =>
    bad(
      `${type} with IPAM ${ipam}`,
      { cni: { type, ipam: { type: ipam } } },
      `${ipam} does not go with type ${type}`,
      cure,
    ),
  ),
  ...(
    [
      ['Calico', 'Calico'],
      ['Calico', 'HostLocal'],
      ['GKE', 'HostLocal'],
      ['AmazonVPC', 'AmazonVPC'],
      ['AzureVNET', 'AzureVNET'],
    ] as const
  ).map(([type, ipam]) => good(`${type} with IPAM ${ipam}`, { cni: { type, ipam: { type: ipam } } })),
  bad(
    'plugin of another platform',
    { kubernetesProvider: 'AKS', cni: { type: 'AmazonVPC' } },
    'exists on EKS only',
  ),
  bad('GKE on EKS', { kubernetesProvider: 'EKS', cni: { type: 'GKE' } }, 'exists on GKE only'),
  bad(
    'relative directory',
    { cni: { type: 'Calico', binDir: 'opt/cni/bin' } },
    'spec.cni.binDir',
    'not an absolute path',
  ),
  good('empty directories', { cni: { type: 'Calico', binDir: '', confDir: '' } }),
];

const settings: readonly Case[] = [
  bad('another variant', { variant: 'TigeraSecureEnterprise' }, 'spec.variant', 'Calico only'),
  bad('unknown platform', { kubernetesProvider: 'Minikube' }, 'spec.kubernetesProvider', 'OpenShift'),
  bad('azure elsewhere', { kubernetesProvider: 'EKS', azure: {} }, 'leave azure out'),
  bad(
    'relative FlexVolume path',
    { flexVolumePath: 'exec' },
    'spec.flexVolumePath',
    'neither an absolute path nor None',
  ),
  bad(
    'relative kubelet path',
    { kubeletVolumePluginPath: './kubelet' },
    'kubeletVolumePluginPath',
    'nor None',
  ),
  bad('no replicas', { controlPlaneReplicas: 0 }, 'spec.controlPlaneReplicas', '1'),
  bad(
    'Windows control plane',
    { controlPlaneNodeSelector: { 'kubernetes.io/os': 'windows' } },
    'can only be linux',
  ),
  bad(
    'Windows by the old label',
    { controlPlaneNodeSelector: { 'beta.kubernetes.io/os': 'windows' } },
    'can only be linux',
  ),
  good('Linux control plane', { controlPlaneNodeSelector: { 'kubernetes.io/os': 'linux', zone: 'a' } }),
  bad('metrics port 0', { nodeMetricsPort: 0 }, 'spec.nodeMetricsPort'),
  bad('metrics port 65536', { typhaMetricsPort: 65536 }, 'spec.typhaMetricsPort'),
  bad(
    'registry with a scheme',
    { registry: 'https://registry.example.com' },
    'spec.registry',
    'leave out the scheme',
  ),
  bad('path with a blank', { imagePath: 'my path' }, 'spec.imagePath', 'blanks'),
  good('registry as in the reference', { registry: 'UseDefault', imagePath: '', imagePrefix: 'UseDefault' }),
  bad('nameless pull secret', { imagePullSecrets: [{}] }, 'imagePullSecrets[0]', 'name the Secret'),
  bad('pull secret twice', { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] }, 'Duplicate'),
  bad('replacing all at once', { nodeUpdateStrategy: { type: 'OnDelete' } }, 'must be RollingUpdate'),
  bad(
    'an update without room',
    { nodeUpdateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '0%' } } },
    'cannot both be 0',
  ),
  bad('non-privileged', { nonPrivileged: 'Enabled' }, 'leave nonPrivileged out'),
  good('as the Helm chart writes it', {
    nonPrivileged: 'Disabled',
    kubernetesProvider: '',
    imagePullSecrets: [],
    controlPlaneNodeSelector: {},
    controlPlaneTolerations: [],
    kubeletVolumePluginPath: 'None',
    controlPlaneReplicas: 2,
  }),
  bad('unknown cipher suite', { tlsCipherSuites: [{ name: 'NULL' }] }, 'TLS_AES_128_GCM_SHA256'),
  bad('cipher suite without name', { tlsCipherSuites: [{}] }, 'tlsCipherSuites[0].name', 'Required'),
  bad('service range that is none', { serviceCIDRs: ['10.96.0.0'] }, 'serviceCIDRs[0]', "'10.96.0.0' is not"),
  bad(
    'signer without domain',
    { certificateManagement: { caCert: 'YQ==', signerName: 'mine' } },
    "'mine' must have the form domain/name",
  ),
  bad('no signer', { certificateManagement: { caCert: 'YQ==' } }, 'signerName', 'Required'),
  bad('log size without unit', { logging: { cni: { logFileMaxSize: 100 } } }, 'logFileMaxSize', '100Mi'),
  bad('log size in decimal', { logging: { cni: { logFileMaxSize: '100M' } } }, 'binary unit'),
  bad('log size 0', { logging: { cni: { logFileMaxSize: '0Mi' } } }, 'positive'),
  bad('no log files', { logging: { cni: { logFileMaxCount: 0 } } }, 'logFileMaxCount'),
  bad('no log days', { logging: { cni: { logFileMaxAgeDays: 0 } } }, 'logFileMaxAgeDays'),
  bad('unknown severity', { logging: { cni: { logSeverity: 'Fatal' } } }, 'logSeverity', 'Warning'),
];

const workloads: readonly Case[] = [
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
  bad(
    'Windows resources by the old field',
    { componentResources: [{ componentName: 'NodeWindows', resourceRequirements: {} }] },
    'use calicoNodeWindowsDaemonSet',
  ),
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

const additions: readonly Case[] = [
  good('everything that is added', {
    typha: { mode: 'Auto', nodeThreshold: 100, switchOffPercent: 80, switchOffAfterSeconds: 600 },
    deletionPolicy: 'Purge',
    hostIntegration: { networkManager: 'Managed' },
    imageMirrors: [{ source: 'quay.io/calico', mirrors: ['registry.example.com:5000/calico'] }],
    reconcile: { mode: 'Plan' },
  }),
  bad('unknown Typha mode', { typha: { mode: 'Sometimes' } }, 'spec.typha.mode', 'Always'),
  bad('threshold 0', { typha: { nodeThreshold: 0 } }, 'spec.typha.nodeThreshold'),
  bad('share above 100', { typha: { switchOffPercent: 101 } }, 'switchOffPercent'),
  bad('unknown deletion policy', { deletionPolicy: 'Delete' }, 'spec.deletionPolicy', 'Retain'),
  bad('unknown reconcile mode', { reconcile: { mode: 'Dry' } }, 'spec.reconcile.mode', 'Paused'),
  bad(
    'mirror with a scheme',
    { imageMirrors: [{ source: 'quay.io', mirrors: ['https://r.example'] }] },
    'mirrors[0]',
    'without scheme',
  ),
  bad('source without mirrors', { imageMirrors: [{ source: 'quay.io', mirrors: [] }] }, 'mirrors'),
];

const others: readonly Case[] = [
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

export const cases: readonly Case[] = [
  ...names,
  ...poolCases,
  ...networkCases,
  ...autodetectionCases,
  ...cniCases,
  ...settings,
  ...workloads,
  ...additions,
  ...others,
];
