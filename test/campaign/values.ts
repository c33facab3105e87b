/** Values with a meaning for every setting: some that users write, and some that they get wrong. */
import { authorities } from './authorities.ts';
import { type Fields, type Leaf, podOverride } from './leaves.ts';
import { podValues } from './pod-values.ts';

/** Values of one setting. An entry of a map is a whole map. */
export interface Values {
  /** At least one; two wherever the setting can have two. */
  readonly good: readonly unknown[];
  /** Wrong, at the edge, or strange. */
  readonly odd: readonly unknown[];
}

const long = (length: number): string => 'a'.repeat(length);

const texts: readonly (readonly [RegExp, Values])[] = [
  [
    /ipPools\[\]\.cidr$/,
    {
      good: ['10.244.0.0/16', '172.20.0.0/14', 'fd00:10:244::/48', '10.1.2.3/16'],
      odd: [
        '10.0.0.0/33',
        '10.0.0.0',
        '300.0.0.0/8',
        'fe80::/64',
        '169.254.0.0/20',
        '::ffff:10.0.0.0/104',
        '010.0.0.0/8',
        '10.9.0.0/30',
        'fd00::/127',
        '0.0.0.0/0',
        ' 10.0.0.0/8',
        '',
      ],
    },
  ],
  [
    /(cidrs|CIDRs)\[\]$/,
    {
      good: ['10.96.0.0/12', 'fd00:10:96::/108'],
      odd: ['10.96.0.0', '10.96.0.0/40', 'x', '', '10.96.0.1%eth0/12'],
    },
  ],
  [/ipPools\[\]\.name$/, { good: ['pool-a', 'pool.b'], odd: ['Pool', '-a', 'a_b', long(254), '', 'a..b'] }],
  [
    /ipPools\[\]\.nodeSelector$/,
    {
      good: ["zone == 'west'", 'all()', 'has(rack) && !has(gpu)'],
      odd: ['zone =', '((', "zone == 'a' &&", ' ', ''],
    },
  ],
  [/ipPools\[\]\.blockSize$/, { good: [24, 28, 26], odd: [19, 33, 0, -1, 122] }],
  [/sysctl\[\]\.value$/, { good: ['40', '75'], odd: ['-1', 'x', '', '4.5'] }],
  [/\.mtu$/, { good: [1400, 9000, 0], odd: [67, 68, 1279, 65536, -1] }],
  [
    /^registry$/,
    {
      good: ['registry.example.com/', 'registry.example.com:5000/', 'UseDefault'],
      odd: [
        'ghcr.io',
        '[fd00::1]:5000/',
        'a b',
        'https://x/',
        'x/UPPER',
        'x:99999/',
        '@',
        '',
        '/',
        'x//y/',
        '-x',
      ],
    },
  ],
  [
    /^imagePath$/,
    { good: ['mirror/calico', 'other'], odd: ['UPPER', 'a//b', '../x', 'a b', '', '/', 'a:b', '-'] },
  ],
  [/^imagePrefix$/, { good: ['my-', 'x'], odd: ['UP', '-x', 'a b', 'a/', '', '..', 'a:b'] }],
  [
    /imagePullSecrets\[\]\.name$/,
    { good: ['pull-one', 'pull-two'], odd: ['not-there', '', 'UPPER', 'wrong-type', 'a/b'] },
  ],
  [
    /^(flexVolumePath|kubeletVolumePluginPath)$|Dir$/,
    { good: ['/opt/one', '/opt/two/'], odd: ['opt', '/a/../b', '/a:b', '', 'None', '/', ' /x', '//'] },
  ],
  [/\.(interface|skipInterface)$/, { good: ['eth.*', 'ens[0-9]+,bond0'], odd: ['(', '[', '', '*'] }],
  [/\.canReach$/, { good: ['192.0.2.1', 'gateway.example.com'], odd: ['', 'a b', '192.0.2.1:53'] }],
  [
    /\.caCert$/,
    {
      good: [authorities.one, authorities.two],
      odd: ['!!', 'YQ==', '', authorities.one.slice(0, 5)],
    },
  ],
  [
    /\.signerName$/,
    {
      good: ['example.com/calico', 'other.example.com/net'],
      odd: ['x', 'a/b/c', 'a/b c', 'A.b/c', '/x', 'a/', 'a../b'],
    },
  ],
  [/vxlanMACPrefix$/, { good: ['0E-2A', '0a-00'], odd: ['0E2A', 'xx-yy', ''] }],
  [/\.vxlanAdapter$/, { good: ['Ethernet', 'Ethernet 2'], odd: ['', '"'] }],
  [/^proxy\./, { good: ['http://proxy.example.com:3128', 'http://other.example.com'], odd: ['', 'proxy'] }],
  [
    /imageMirrors\[\]\.source$/,
    { good: ['quay.io/calico', 'quay.io'], odd: ['https://quay.io', 'a//b', ''] },
  ],
  [
    /mirrors\[\]$/,
    { good: ['mirror.example.com/calico', 'mirror2.example.com'], odd: ['https://quay.io', ''] },
  ],
  [
    /logFileMaxSize$/,
    {
      good: ['50Mi', '1Gi', '1.5Gi'],
      odd: [100, '100M', '0Mi', '.5Gi', 'x', '0.5Mi', '+5Mi', '9999999999Ei'],
    },
  ],
  [
    /dnsConfig\.nameservers\[\]$/,
    { good: ['192.0.2.53', 'fd00::53'], odd: ['dns.example.com', '', '192.0.2.53:53'] },
  ],
  [
    /dnsConfig\.searches\[\]$/,
    { good: ['example.com', 'svc.cluster.local'], odd: ['Example', 'a b', '', long(300)] },
  ],
  [/dnsConfig\.options\[\]\.name$/, { good: ['ndots', 'timeout'], odd: [''] }],
  [/dnsConfig\.options\[\]\.value$/, { good: ['2', '3'], odd: [''] }],
  [
    /tolerations\[\]\.key$/i,
    { good: ['dedicated', 'example.com/role'], odd: ['a b', '', 'a/b/c', long(64)] },
  ],
  [/tolerations\[\]\.value$/i, { good: ['network', 'infra'], odd: ['a b', long(64), ''] }],
  [/matchFields\[\]\.key$/, { good: ['metadata.name'], odd: ['metadata.namespace', ''] }],
  // Lt and Gt are taken only where a feature gate of the API server is on.
  [/tolerations\[\]\.operator$/i, { good: ['Exists', 'Equal'], odd: ['equals'] }],
  [/matchFields\[\]\.operator$/, { good: ['In', 'NotIn'], odd: ['Exists', ''] }],
  [/nodeAffinity.*\.operator$/i, { good: ['In', 'NotIn'], odd: ['Exists', 'Gt', 'equals', ''] }],
  [/\.operator$/, { good: ['In', 'NotIn'], odd: ['Exists', 'Gt', 'equals', ''] }],
  [/(matchLabelKeys|mismatchLabelKeys)\[\]$/, { good: ['pod-template-hash', 'app'], odd: ['a b', ''] }],
  [/\.namespaces\[\]$/, { good: ['calico-system', 'kube-system'], odd: ['UPPER', 'a.b', ''] }],
  [/values\[\]$/, { good: ['west', 'east'], odd: ['a b', long(64), ''] }],
  [
    /(matchExpressions|matchFields)\[\]\.key$/,
    { good: ['zone', 'example.com/rack'], odd: ['a b', '', 'a/b/c'] },
  ],
  [/\.topologyKey$/, { good: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'], odd: ['a b', ''] }],
  [/node(Affinity|Taints)Policy$/, { good: ['Honor', 'Ignore'], odd: ['honor', ''] }],
  [/claims\[\]\.(name|request)$/, { good: ['gpu', 'nic'], odd: ['A B', ''] }],
  [/maxSurge$/, { good: [1, '50%', 2], odd: [0, '0%', -1, '5', '200%', '', '1.5%'] }],
  [/maxUnavailable$/, { good: [2, '20%', 1], odd: [0, '0%', -1, '5', '101%', '', 'x%'] }],
  [/\.weight$/, { good: [10, 50], odd: [0, 101, -1] }],
  [/terminationGracePeriodSeconds$/, { good: [30, 60], odd: [0, -1, 2 ** 31, 2 ** 40] }],
  [/minReadySeconds$/, { good: [5, 10], odd: [0, -1, 600, 2 ** 31 - 1] }],
  [/tolerationSeconds$/, { good: [60, 300], odd: [-1, 0] }],
  [/\.(maxSkew|minDomains)$/, { good: [1, 2], odd: [0, -1] }],
];

const maps: readonly (readonly [RegExp, Values])[] = [
  [/^calicoWindowsUpgradeDaemonSet$/, { good: [{ spec: {} }, { metadata: {} }], odd: [{ x: 1 }, 'x'] }],
  [/volumeAttributes\{\}$/, { good: [{ a: 'b' }, { c: 'd' }], odd: [{ '': 'x' }] }],
  [
    /(limits|requests)\{\}$/,
    {
      good: [{ cpu: '250m' }, { memory: '64Mi', cpu: 1 }],
      odd: [
        { cpu: '-1' },
        { cpu: 'abc' },
        { cpu: '1e3' },
        { memory: '0.5' },
        { cpu: '' },
        { foo: '1' },
        { 'example.com/gpu': '0.5' },
        { 'example.com/gpu': '1' },
        { 'hugepages-2Mi': '4Mi' },
        { 'hugepages-2Mi': '3Mi' },
        { 'requests.cpu': '1' },
        { cpu: '9e99' },
        { cpu: '1000' },
        { memory: '1.5Ki' },
      ],
    },
  ],
  [
    /annotations\{\}$/,
    {
      good: [{ 'example.com/note': 'one' }, { note: 'a b c' }],
      odd: [
        { 'a b': 'x' },
        { 'a/b/c': 'x' },
        { 'Example.com/X': 'x' },
        { '': 'x' },
        { 'hash.operator.tigera.io/x': 'y' },
        { 'prometheus.io/port': '1' },
        { x: long(270_000) },
        { x: long(140_000), y: long(140_000) },
      ],
    },
  ],
  [
    /(labels|matchLabels|odeSelector)\{\}$/,
    {
      good: [{ team: 'network' }, { 'example.com/zone': 'west' }],
      odd: [
        { team: 'a b' },
        { 'a b': 'x' },
        { 'a/b/c': 'x' },
        { '': 'x' },
        { team: '' },
        { team: long(64) },
        { 'k8s-app': 'other' },
        { 'kubernetes.io/os': 'windows' },
        { 'kubernetes.io/os': 'linux' },
        { [long(64)]: 'x' },
      ],
    },
  ],
];

/** Values for a setting. @throws Error for a text or map that nothing here knows: it wants a line. */
export function valuesOf({ path, schema }: Leaf): Values {
  const known = [...maps, ...texts, ...podValues].find(([pattern]) => pattern.test(path))?.[1];
  if (known !== undefined) return known;
  if (schema.enum !== undefined) return { good: schema.enum, odd: ['Nonsense', 1] };
  switch (schema.type) {
    case 'boolean':
      return { good: [true, false], odd: ['true'] };
    case 'integer': {
      const { minimum = 0, maximum = minimum + 1000 } = schema;
      return {
        good: [minimum + 1, Math.min(minimum + 7, maximum), minimum, maximum],
        odd: [minimum - 1, maximum + 1, 1.5],
      };
    }
    default:
      return guessed(path);
  }
}

/** Texts that rules keep to a few words. */
function guessed(path: string): Values {
  if (path === 'nodeUpdateStrategy.type') return { good: ['RollingUpdate'], odd: ['OnDelete', ''] };
  if (path === 'nonPrivileged') return { good: ['Disabled', ''], odd: ['Enabled', 'x'] };
  throw new Error(`values.ts has no values for ${path}`);
}

const cpu = { limits: { cpu: '500m' } };

/** Lists of several, whose order must not matter where the API says so. */
export const lists: readonly Fields[] = [
  { imagePullSecrets: [{ name: 'pull-two' }, { name: 'pull-one' }] },
  {
    tlsCipherSuites: [
      { name: 'TLS_AES_256_GCM_SHA384' },
      { name: 'TLS_AES_128_GCM_SHA256' },
      { name: 'TLS_CHACHA20_POLY1305_SHA256' },
    ],
  },
  { serviceCIDRs: ['fd00:96::/108', '10.96.0.0/12'] },
  {
    imageMirrors: [
      { source: 'quay.io/calico', mirrors: ['b.example.com', 'a.example.com'] },
      { source: 'docker.io', mirrors: ['c.example.com'] },
    ],
  },
  {
    controlPlaneTolerations: [
      { key: 'b', operator: 'Exists' },
      { key: 'a', operator: 'Exists', effect: 'NoSchedule' },
    ],
  },
  {
    componentResources: [
      { componentName: 'Typha', resourceRequirements: cpu },
      { componentName: 'Node', resourceRequirements: cpu },
    ],
  },
  {
    calicoNetwork: {
      ipPools: [
        { cidr: '10.60.0.0/16', allowedUses: ['Tunnel', 'Workload'] },
        { cidr: 'fd00:60::/64', encapsulation: 'VXLAN' },
      ],
    },
  },
  {
    calicoNetwork: {
      ipPools: [
        { cidr: '10.61.0.0/16' },
        { cidr: '10.62.0.0/16', name: 'b' },
        { cidr: '10.63.0.0/20', allowedUses: ['LoadBalancer'], encapsulation: 'None' },
      ],
    },
  },
  {
    calicoNetwork: {
      sysctl: [
        { key: 'net.ipv4.tcp_keepalive_time', value: '40' },
        { key: 'net.ipv4.tcp_keepalive_intvl', value: '15' },
      ],
    },
  },
  podOverride('calicoNodeDaemonSet', {
    containers: [
      {
        name: 'calico-node',
        env: [
          { name: 'B', value: '1' },
          { name: 'A', value: '2' },
        ],
        volumeMounts: [
          { name: 'two', mountPath: '/two' },
          { name: 'one', mountPath: '/one' },
        ],
      },
    ],
    initContainers: [
      { name: 'install-cni', resources: cpu },
      { name: 'flexvol-driver', resources: cpu },
    ],
    volumes: [
      { name: 'two', emptyDir: {} },
      { name: 'one', emptyDir: {} },
    ],
  }),
  {
    typha: { mode: 'Always' },
    ...podOverride('typhaDeployment', {
      tolerations: [{ operator: 'Exists' }],
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
        { maxSkew: 2, topologyKey: 'rack', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    }),
  },
];
