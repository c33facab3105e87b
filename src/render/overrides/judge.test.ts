import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { describeRefusal } from '../../api/refusal.ts';
import type { Snapshot } from '../../resolve/types.ts';
import { exampleSnapshot, resolveOrThrow } from '../fixtures.ts';
import { judgeOverrides } from './judge.ts';

const judge = (spec: InstallationSpec, changes: Partial<Snapshot> = {}) => {
  const snapshot = { ...exampleSnapshot(spec), ...changes };
  const { refusals, warnings } = judgeOverrides(snapshot, resolveOrThrow(snapshot));
  return { refusals: refusals.map(describeRefusal), warnings: warnings.map(describeRefusal) };
};
type Node = NonNullable<InstallationSpec['calicoNodeDaemonSet']>;
type Pod = NonNullable<NonNullable<NonNullable<Node['spec']>['template']>['spec']>;
const node = (spec: Pod): InstallationSpec => ({ calicoNodeDaemonSet: { spec: { template: { spec } } } });
const pod = 'Installation default: spec.calicoNodeDaemonSet.spec.template.spec';
const clean = { refusals: [], warnings: [] };

test('without overrides, and with harmless ones, there is nothing to say', () => {
  expect(judge({})).toEqual(clean);
  expect(
    judge(
      node({
        priorityClassName: 'system-node-critical',
        volumes: [{ name: 'extra', configMap: { name: 'extra' } }],
        containers: [
          {
            name: 'calico-node',
            env: [{ name: 'FELIX_LOGSEVERITYSCREEN', value: 'Debug' }],
            volumeMounts: [
              { name: 'extra', mountPath: '/etc/extra' },
              { name: 'nodeproc', mountPath: '/nodeproc', mountPropagation: 'Bidirectional' },
            ],
          },
        ],
        initContainers: [
          { name: 'install-cni', args: ['-v'], resources: {} },
          { name: 'mount-bpffs', volumeMounts: [{ name: 'extra', mountPath: '/etc/extra' }] },
        ],
      }),
    ),
  ).toEqual(clean);
});

test('what Windows nodes wait for does not make their override one without effect', () => {
  const containers = [{ name: 'felix' as const, env: [{ name: 'FELIX_LOGSEVERITYSCREEN', value: 'Debug' }] }];
  const spec: InstallationSpec = {
    calicoNetwork: {
      windowsDataplane: 'HNS',
      bgp: 'Disabled',
      ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }],
    },
    calicoNodeWindowsDaemonSet: { spec: { template: { spec: { containers } } } },
  };
  expect(resolveOrThrow(exampleSnapshot(spec)).windows.kind).toBe('waiting');
  expect(judge(spec)).toEqual(clean);
});

describe('refused', () => {
  test('a volume, a path and a name that collide, all at once, each with its cure', () => {
    const { refusals } = judge(
      node({
        volumes: [
          { name: 'extra', emptyDir: {} },
          { name: 'lib-modules', emptyDir: {} },
        ],
        initContainers: [
          { name: 'mount-bpffs', volumeMounts: [{ name: 'extra', mountPath: '/var/run/calico' }] },
        ],
        containers: [
          {
            name: 'calico-node',
            volumeMounts: [
              { name: 'extra', mountPath: '/lib/modules/' },
              { name: 'other', mountPath: '/etc/other' },
            ],
          },
        ],
      }),
    );
    expect(refusals).toEqual([
      `${pod}.initContainers[0].volumeMounts[0] "/var/run/calico": container ebpf-bootstrap has the volume var-run-calico there already. Choose another path.`,
      `${pod}.containers[0].volumeMounts[0] "/lib/modules/": container calico-node has the volume lib-modules there already. Choose another path.`,
      expect.stringMatching(
        /containers\[0\]\.volumeMounts\[1\]\.name "other": the pods have no volume of that name\. Add it to volumes, or name one of bpffs, .*extra/,
      ),
      `${pod}.volumes[1] "lib-modules": the pods have a volume of that name already. Give it another name; to mount the one that is there, name it in volumeMounts.`,
    ]);
  });

  test('one path in two spellings, whoever wrote which', () => {
    const volumeMounts = [{ name: 'varrun', mountPath: '/var/lib/kubelet' }];
    const spec = { containers: [{ name: 'calico-csi' as const, volumeMounts }] };
    const csiNodeDriverDaemonSet = { spec: { template: { spec } } };
    expect(
      judge({ kubeletVolumePluginPath: '/var/lib/kubelet/', csiNodeDriverDaemonSet }).refusals,
    ).toHaveLength(1);
  });

  test('what the system roots would be mounted over, although no certificate is known yet', () => {
    const volumeMounts = [{ name: 'tigera-ca-bundle', mountPath: '/etc/pki/tls/cert.pem' }];
    const spec = { containers: [{ name: 'calico-kube-controllers' as const, volumeMounts }] };
    expect(
      judge({ calicoKubeControllersDeployment: { spec: { template: { spec } } } }).refusals,
    ).toHaveLength(1);
  });

  test('mounts that reach the host from a container that may not', () => {
    const volumeMounts = [
      { name: 'typha-certs', mountPath: '/a', mountPropagation: 'Bidirectional' },
    ] as const;
    const spec = { containers: [{ name: 'calico-typha' as const, volumeMounts }] };
    expect(judge({ typhaDeployment: { spec: { template: { spec } } } }).refusals).toEqual([
      expect.stringContaining('container calico-typha is not privileged'),
    ]);
  });

  test('in Typha before it runs, so that growing brings no surprise', () => {
    const spec = { volumes: [{ name: 'typha-certs', emptyDir: {} }] };
    for (const mode of ['Auto', 'Always', 'Never'] as const) {
      const { refusals } = judge({ typha: { mode }, typhaDeployment: { spec: { template: { spec } } } });
      expect(refusals).toHaveLength(1);
    }
  });

  test('in the name of the overlay, if that sets it', () => {
    const overlay = { ...exampleSnapshot({}).installation, metadata: { name: 'overlay' } };
    const spec = node({ volumes: [{ name: 'lib-modules', emptyDir: {} }] });
    expect(judge({}, { overlay: { ...overlay, spec } }).refusals).toEqual([
      expect.stringContaining('Installation overlay: spec.calicoNodeDaemonSet'),
    ]);
  });
});

describe('refused, where it is known what is there,', () => {
  const referable = { ConfigMap: ['there'], Secret: ['there'], PriorityClass: ['there'] };
  const missing = (spec: Pod, known: Snapshot['referable'] = referable) =>
    judge(node(spec), { referable: known }).refusals;
  const variable = (valueFrom: object): Pod => ({
    initContainers: [{ name: 'install-cni', env: [{ name: 'A', valueFrom }] }],
  });

  test.each<[string, Pod, string]>([
    [
      'a volume of a ConfigMap',
      { volumes: [{ name: 'a', configMap: { name: 'gone' } }] },
      'volumes[0].configMap "gone": there is no ConfigMap calico-system/gone, and pods would wait for it. Create it, or set optional: true.',
    ],
    [
      'a volume of a Secret',
      { volumes: [{ name: 'a', secret: { secretName: 'gone' } }] },
      'volumes[0].secret "gone": there is no Secret calico-system/gone',
    ],
    [
      'a projected one',
      { volumes: [{ name: 'a', projected: { sources: [{ secret: { name: 'gone' } }] } }] },
      'volumes[0].projected.sources[0].secret "gone"',
    ],
    [
      'a variable of a ConfigMap',
      variable({ configMapKeyRef: { name: 'gone', key: 'k' } }),
      'initContainers[0].env[0].valueFrom.configMapKeyRef "gone"',
    ],
    [
      'a variable of a Secret',
      variable({ secretKeyRef: { name: 'gone', key: 'k' } }),
      'initContainers[0].env[0].valueFrom.secretKeyRef "gone"',
    ],
    [
      'a PriorityClass',
      { priorityClassName: 'gone' },
      'priorityClassName "gone": there is no PriorityClass of that name, and no pod could be made. Create it, or leave it out.',
    ],
  ])('%s that is missing', (_name, spec, said) => {
    expect(missing(spec)).toEqual([expect.stringContaining(said)]);
    expect(missing(spec, {})).toEqual([]);
  });

  test('but neither what is there, nor what may be missing, nor what the operator makes itself', () => {
    const volumes = [
      { name: 'a', configMap: { name: 'there' } },
      { name: 'b', secret: { secretName: 'there' } },
      { name: 'c', configMap: { name: 'gone', optional: true } },
      { name: 'd', secret: { secretName: 'gone', optional: true } },
      { name: 'e', configMap: { name: 'tigera-ca-bundle' } },
      { name: 'f', secret: { secretName: 'node-certs' } },
    ];
    expect(missing({ volumes, priorityClassName: 'there' })).toEqual([]);
    expect(missing({ priorityClassName: 'system-cluster-critical' })).toEqual([]);
  });

  test('of Typha only where it runs', () => {
    const spec = { volumes: [{ name: 'a', configMap: { name: 'gone' } }] };
    const typhaDeployment = { spec: { template: { spec } } };
    expect(judge({ typhaDeployment }, { referable }).refusals).toEqual([]);
    expect(judge({ typha: { mode: 'Always' }, typhaDeployment }, { referable }).refusals).toHaveLength(1);
  });
});

describe('told', () => {
  test.each<[string, InstallationSpec, string]>([
    [
      'a container that open-source Calico does not have',
      node({ initContainers: [{ name: 'hostpath-init', resources: { limits: { cpu: '1' } } }] }),
      `${pod}.initContainers[0].name "hostpath-init": the pods have no such container, so it has no effect. Remove it, or name one of flexvol-driver, ebpf-bootstrap, install-cni.`,
    ],
    [
      'a container that is there with certificate management only',
      node({ initContainers: [{ name: 'node-certs-key-cert-provisioner' }] }),
      'Remove it, or set certificateManagement.',
    ],
    [
      'the FlexVolume driver where it is off',
      { flexVolumePath: 'None', ...node({ initContainers: [{ name: 'flexvol-driver' }] }) },
      'Remove it, or set flexVolumePath.',
    ],
    [
      "CNI's installer where another plugin is used",
      {
        cni: { type: 'AmazonVPC', ipam: { type: 'AmazonVPC' } },
        ...node({ initContainers: [{ name: 'install-cni' }] }),
      },
      'Remove it, or set cni.type to Calico.',
    ],
    [
      'an init container of a pod that has none',
      {
        typha: { mode: 'Always' },
        typhaDeployment: {
          spec: { template: { spec: { initContainers: [{ name: 'typha-certs-key-cert-provisioner' }] } } },
        },
      },
      'Remove it, or set certificateManagement.',
    ],
    [
      'Typha that never runs',
      { typha: { mode: 'Never' }, typhaDeployment: {} },
      'spec.typhaDeployment: Typha does not run, since spec.typha.mode is Never. Remove it, or set mode to Auto or Always.',
    ],
    ['Typha that does not run yet', { typhaDeployment: {} }, 'Typha does not run on so few nodes'],
    [
      'the CSI driver where it is off',
      { kubeletVolumePluginPath: 'None', csiNodeDriverDaemonSet: {} },
      'spec.csiNodeDriverDaemonSet: its workload does not run, so it has no effect: spec.kubeletVolumePluginPath is None',
    ],
    [
      'Windows where there is none',
      { calicoNodeWindowsDaemonSet: {} },
      'spec.calicoNodeWindowsDaemonSet: its workload does not run, so it has no effect: spec.calicoNetwork.windowsDataplane is Disabled',
    ],
    [
      'the workload that is no more',
      { calicoWindowsUpgradeDaemonSet: {} },
      'spec.calicoWindowsUpgradeDaemonSet: there is no such DaemonSet any more',
    ],
    [
      'a label that the operator sets',
      { calicoNodeDaemonSet: { metadata: { labels: { 'app.kubernetes.io/part-of': 'mine', a: 'b' } } } },
      'spec.calicoNodeDaemonSet.metadata.labels "app.kubernetes.io/part-of: mine": the operator sets the key to Calico, so it has no effect. Remove it.',
    ],
    [
      'an annotation that is reserved',
      {
        calicoNodeDaemonSet: {
          spec: { template: { metadata: { annotations: { 'x.operator.tigera.io/a': 'b' } } } },
        },
      },
      'spec.calicoNodeDaemonSet.spec.template.metadata.annotations "x.operator.tigera.io/a: b": the key is reserved',
    ],
    [
      'another operating system',
      node({ nodeSelector: { 'kubernetes.io/os': 'windows', disk: 'ssd' } }),
      `${pod}.nodeSelector "kubernetes.io/os: windows": the operator sets the key to linux, so it has no effect`,
    ],
    [
      'a variable that takes the place of a rendered one, without its value',
      node({
        containers: [
          {
            name: 'calico-node',
            env: [
              { name: 'NO_DEFAULT_POOLS', value: 'true' },
              { name: 'CLUSTER_TYPE', value: 'secret' },
            ],
          },
        ],
      }),
      `${pod}.containers[0].env[1] "CLUSTER_TYPE": it takes the place of the value of the operator, which no setting changes any more. Remove it as soon as you can do without.`,
    ],
    [
      'arguments that take the place of the program',
      node({ containers: [{ name: 'calico-node', args: ['--debug'] }] }),
      `${pod}.containers[0].args: they take the place of the arguments of the image, which say what program to start. Begin with start_runit, or set variables instead.`,
    ],
  ])('%s', (_name, spec, said) => {
    expect(judge(spec)).toEqual({ refusals: [], warnings: [expect.stringContaining(said)] });
  });

  test('arguments behind rendered ones, and equal values, need no word', () => {
    const override = (containers: readonly object[]): InstallationSpec => ({
      csiNodeDriverDaemonSet: {
        metadata: { labels: { 'app.kubernetes.io/part-of': 'Calico' } },
        spec: { template: { spec: { containers, nodeSelector: { 'kubernetes.io/os': 'linux' } } as object } },
      },
    });
    expect(judge(override([{ name: 'calico-csi', args: ['--loglevel=debug'] }]))).toEqual(clean);
  });
});
