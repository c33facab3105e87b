import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { ClusterRole } from '../../api/kubernetes.ts';
import { exampleCertificates, exampleKeyPair, findObject, inputFor } from '../fixtures.ts';
import { renderNode } from './node.ts';
import { type Changes, cniOf, daemonSet, envOf, podOf, userConfigMap } from './testing.ts';

const typhaVariables = (env: object) => Object.keys(env).filter((name) => name.startsWith('FELIX_TYPHA'));

describe('Typha', () => {
  const used = { phase: { typhaDeployed: true, felixUsesTypha: true } };
  const unused = { phase: { typhaDeployed: true, felixUsesTypha: false } };

  test('Felix is pointed at it only once it is to be used; the certificate is mounted in any case', () => {
    expect(typhaVariables(envOf({}, used))).toHaveLength(6);
    expect(typhaVariables(envOf({}, unused))).toEqual([]);
    const mounted = podOf({}, unused).containers[0]?.volumeMounts?.some(({ name }) => name === 'node-certs');
    expect(mounted).toBe(true);
  });

  test('Felix checks the identity of a certificate that a user brought', () => {
    const pairs = {
      ...exampleCertificates.pairs,
      'typha-certs': exampleKeyPair('typha-certs', { userProvided: true, uriSan: 'spiffe://typha' }),
    };
    const env = envOf({}, { ...used, certificates: { ...exampleCertificates, pairs } });
    expect(env).toHaveProperty('FELIX_TYPHAURISAN', 'spiffe://typha');
    expect(env).not.toHaveProperty('FELIX_TYPHACN');
  });
});

describe('how the API server is reached', () => {
  const cluster = { apiEndpoint: { host: 'fd00::1', port: '443' } };

  test('as the operator itself', () => {
    expect(envOf({}, { cluster })).toMatchObject({
      KUBERNETES_SERVICE_HOST: 'fd00::1',
      KUBERNETES_SERVICE_PORT: '443',
    });
    expect(cniOf({}, { cluster }).plugins[0]?.['kubernetes']).toHaveProperty(
      'k8s_api_root',
      'https://[fd00::1]:443',
    );
  });

  test('as the user says, before that', () => {
    const configMaps = {
      'kubernetes-services-endpoint': userConfigMap('kubernetes-services-endpoint', {
        KUBERNETES_SERVICE_HOST: '10.1.2.3',
        KUBERNETES_SERVICE_PORT: '6443',
      }),
    };
    expect(envOf({}, { cluster, configMaps })).toHaveProperty('KUBERNETES_SERVICE_HOST', '10.1.2.3');
  });
});

describe('files of users', () => {
  test('an empty ConfigMap of templates is as none: its volume could not be mounted', () => {
    const configMaps = { 'bird-templates': userConfigMap('bird-templates', {}) };
    expect(daemonSet({}, { configMaps })).toEqual(daemonSet({}));
  });

  test('templates and layout are copied, mounted one by one, and roll the pods', () => {
    const configMaps = {
      'bird-templates': userConfigMap('bird-templates', { 'b.cfg': '2', 'a.cfg': '1' }),
      'bgp-layout': userConfigMap('bgp-layout', { earlyNetworkConfiguration: 'x' }),
    };
    const { containers, annotations } = podOf({}, { configMaps });
    const paths = containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/etc/calico/confd/templates/a.cfg',
        '/etc/calico/confd/templates/b.cfg',
        '/etc/calico/early-networking.yaml',
      ]),
    );
    expect(Object.keys(annotations)).toEqual(
      expect.arrayContaining([
        'hash.operator.tigera.io/bird-templates',
        'hash.operator.tigera.io/bgp-layout',
      ]),
    );
    const copies = renderNode(inputFor({}, { configMaps })).map(({ object }) => object.metadata.name);
    expect(copies).toEqual(expect.arrayContaining(['bird-templates', 'bgp-layout']));
    expect(envOf({}, { configMaps })).toHaveProperty('CALICO_EARLY_NETWORKING');
  });
});

describe('data planes', () => {
  test('VPP brings its own driver and no BIRD', () => {
    const spec: InstallationSpec = { calicoNetwork: { linuxDataplane: 'VPP', bgp: 'Enabled' } };
    expect(envOf(spec)).toMatchObject({
      CLUSTER_TYPE: 'k8s,operator,bgp,vpp',
      CALICO_NETWORKING_BACKEND: 'none',
      FELIX_USEINTERNALDATAPLANEDRIVER: 'false',
    });
    const container = podOf(spec).containers[0];
    expect(container?.readinessProbe?.exec?.command).toEqual(['/bin/calico-node', '-felix-ready']);
    expect(container?.volumeMounts?.map(({ name }) => name)).toContain('felix-plugins');
    expect(cniOf(spec).plugins[0]).toHaveProperty('dataplane_options');
  });

  test('only BPF insists on its file systems', () => {
    const command = (linuxDataplane: 'BPF' | 'Nftables') =>
      podOf({ calicoNetwork: { linuxDataplane } }).initContainers?.find(
        ({ name }) => name === 'ebpf-bootstrap',
      )?.command;
    expect(command('BPF')).toEqual(['calico-node', '-init']);
    expect(command('Nftables')).toEqual(['calico-node', '-init', '-best-effort']);
  });

  test('the bootstrap container mounts cgroup 2 where Felix expects it', () => {
    const live = {
      felix: {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'FelixConfiguration',
        metadata: { name: 'default' },
        spec: { cgroupV2Path: '/run/cg' },
      },
    } as const;
    const bootstrap = podOf({}, { live }).initContainers?.find(({ name }) => name === 'ebpf-bootstrap');
    expect(bootstrap?.env).toEqual([{ name: 'CALICO_CGROUP_PATH', value: '/run/cg' }]);
  });
});

describe('platforms', () => {
  test('OpenShift: health port, right to be privileged, cluster type', () => {
    const spec: InstallationSpec = { kubernetesProvider: 'OpenShift' };
    const cluster = { openShiftClusterNetworks: ['10.128.0.0/14'] };
    expect(envOf(spec, { cluster })).toMatchObject({
      FELIX_HEALTHPORT: '9199',
      CLUSTER_TYPE: 'k8s,operator,openshift,bgp',
    });
    expect(podOf(spec, { cluster }).containers[0]?.livenessProbe?.httpGet?.port).toBe(9199);
    const role = findObject<ClusterRole>(
      renderNode(inputFor(spec, { cluster })),
      'ClusterRole',
      'calico-node',
    );
    expect(role.rules?.some(({ apiGroups }) => apiGroups?.includes('security.openshift.io'))).toBe(true);
  });

  test('Docker Enterprise: full rights and optional node name file', () => {
    const spec: InstallationSpec = { kubernetesProvider: 'DockerEnterprise' };
    expect(
      findObject(renderNode(inputFor(spec)), 'ClusterRoleBinding', 'calico-cluster-admin'),
    ).toMatchObject({
      roleRef: { name: 'cluster-admin' },
      subjects: [{ name: 'calico-node' }, { name: 'calico-cni-plugin' }],
    });
    expect(cniOf(spec).plugins[0]).toHaveProperty('nodename_file_optional', true);
  });

  test('Calico as plugin on EKS does without BGP', () => {
    const spec: InstallationSpec = { kubernetesProvider: 'EKS', cni: { type: 'Calico' } };
    expect(envOf(spec)).toMatchObject({
      CLUSTER_TYPE: 'k8s,operator,ecs',
      CALICO_NETWORKING_BACKEND: 'vxlan',
      IP_AUTODETECTION_METHOD: 'can-reach=8.8.8.8',
    });
  });
});

describe('address families', () => {
  const v6 = { cidr: 'fd00:10:244::/48', encapsulation: 'None' } as const;

  test('IPv6 alone with BGP needs a router id', () => {
    const env = envOf({ calicoNetwork: { ipPools: [v6], mtu: 1400 } });
    expect(env).toMatchObject({
      IP: 'none',
      IP6: 'autodetect',
      FELIX_IPV6SUPPORT: 'true',
      CALICO_ROUTER_ID: 'hash',
      FELIX_VXLANMTUV6: '1400',
      FELIX_WIREGUARDMTUV6: '1400',
    });
  });

  test('host-local IPAM asks for the ranges of both', () => {
    const spec: InstallationSpec = {
      cni: { type: 'Calico', ipam: { type: 'HostLocal' } },
      calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'None' }, v6] },
    };
    expect(cniOf(spec).plugins[0]?.['ipam']).toEqual({
      type: 'host-local',
      ranges: [[{ subnet: 'usePodCidr' }], [{ subnet: 'usePodCidrIPv6' }]],
    });
  });

  test('mtu 0 means found out on the node: no variable', () => {
    expect(envOf({ calicoNetwork: { mtu: 0 } })).toEqual(envOf({}));
  });
});

test('policy setup time-out: plugin waits, Felix writes the state where it looks', () => {
  const spec: InstallationSpec = { calicoNetwork: { linuxPolicySetupTimeoutSeconds: 5 } };
  expect(cniOf(spec).plugins[0]).toHaveProperty('policy_setup_timeout_seconds', 5);
  expect(envOf(spec)).toHaveProperty('FELIX_ENDPOINTSTATUSPATHPREFIX', '/var/run/calico');
});

test('native v3 resources are announced to every container and to the plugin', () => {
  const changes: Changes = { cluster: { calicoApi: 'projectcalico.org/v3' } };
  const { containers, initContainers } = podOf({}, changes);
  for (const container of [...containers, ...(initContainers ?? [])]) {
    expect(container.env).toContainEqual({ name: 'CALICO_API_GROUP', value: 'projectcalico.org/v3' });
  }
  expect(cniOf({}, changes).plugins[0]).toHaveProperty('calico_api_group', 'projectcalico.org/v3');
});

test('the old name of the bootstrap container still finds it, wherever it stands in the list', () => {
  const override = (name: 'mount-bpffs' | 'ebpf-bootstrap'): InstallationSpec => ({
    calicoNodeDaemonSet: {
      spec: {
        template: {
          spec: {
            initContainers: [{ name: 'install-cni' }, { name, resources: { limits: { cpu: '1000m' } } }],
          },
        },
      },
    },
  });
  expect(daemonSet(override('mount-bpffs'))).toEqual(daemonSet(override('ebpf-bootstrap')));
  const bootstrap = podOf(override('mount-bpffs')).initContainers?.find(
    ({ name }) => name === 'ebpf-bootstrap',
  );
  expect(bootstrap?.resources).toEqual({ limits: { cpu: '1' } });
});

test('a FlexVolume path without slash at its end is joined properly', () => {
  const volume = podOf({ flexVolumePath: '/opt/flex' }).volumes?.find(
    ({ name }) => name === 'flexvol-driver-host',
  );
  expect(volume?.hostPath?.path).toBe('/opt/flex/nodeagent~uds');
});

test('calico-node goes last when the Installation is deleted, and what the CNI plugin needs to delete pods stays', () => {
  const roles = renderNode(inputFor({})).map(({ object, teardown }) => [
    `${object.kind} ${object.metadata.name}`,
    teardown,
  ]);
  const kept = roles.filter(([, teardown]) => teardown === 'keep').map(([name]) => name);
  expect(kept).toEqual([
    'ServiceAccount calico-cni-plugin',
    'ClusterRole calico-cni-plugin',
    'ClusterRoleBinding calico-cni-plugin',
  ]);
  expect(roles.filter(([, teardown]) => teardown === undefined)).toEqual([]);
});
