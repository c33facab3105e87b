import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { inputFor } from '../fixtures.ts';
import { renderNode } from './node.ts';
import { cniOf, podOf } from './testing.ts';

type Network = NonNullable<InstallationSpec['calicoNetwork']>;
const network = (calicoNetwork: Network): InstallationSpec => ({ calicoNetwork });
const cluster = { apiEndpoint: { host: '10.96.0.1', port: '443' } };

/** As of the example in Calico's documentation for a stock installation. */
const stock = {
  calico_api_group: '',
  container_settings: { allow_ip_forwarding: false },
  datastore_type: 'kubernetes',
  endpoint_status_dir: '/var/run/calico/endpoint-status',
  ipam: { type: 'calico-ipam', assign_ipv4: 'true', assign_ipv6: 'false' },
  kubernetes: { k8s_api_root: 'https://10.96.0.1:443', kubeconfig: '__KUBECONFIG_FILEPATH__' },
  log_file_max_age: 30,
  log_file_max_count: 10,
  log_file_max_size: 100,
  log_file_path: '/var/log/calico/cni/cni.log',
  log_level: 'Info',
  mtu: 0,
  nodename_file_optional: false,
  policy: { type: 'k8s' },
  policy_setup_timeout_seconds: 0,
  type: 'calico',
};
const portmap = { type: 'portmap', snat: true, capabilities: { portMappings: true } };

test('a stock installation', () => {
  expect(cniOf({}, { cluster })).toEqual({
    name: 'k8s-pod-network',
    cniVersion: '0.3.1',
    plugins: [stock, portmap],
  });
});

describe('what settings change of it', () => {
  test.each<[string, InstallationSpec, object]>([
    ['MTU', network({ mtu: 1450 }), { mtu: 1450 }],
    [
      'IP forwarding',
      network({ containerIPForwarding: 'Enabled' }),
      { container_settings: { allow_ip_forwarding: true } },
    ],
    ['no IP forwarding', network({ containerIPForwarding: 'Disabled' }), {}],
    [
      'policy setup time-out',
      network({ linuxPolicySetupTimeoutSeconds: 5 }),
      { policy_setup_timeout_seconds: 5 },
    ],
    ['Docker Enterprise', { kubernetesProvider: 'DockerEnterprise' }, { nodename_file_optional: true }],
    [
      'VPP',
      network({ linuxDataplane: 'VPP' }),
      { dataplane_options: { type: 'grpc', socket: 'unix:///var/run/calico/cni-server.sock' } },
    ],
    ['BPF', network({ linuxDataplane: 'BPF' }), {}],
    ['Nftables', network({ linuxDataplane: 'Nftables' }), {}],
    ['Multus', network({ multiInterfaceMode: 'Multus' }), {}],
    ...(['Error', 'Warning', 'Info', 'Debug'] as const).map(
      (logSeverity): [string, InstallationSpec, object] => [
        `severity ${logSeverity}`,
        { logging: { cni: { logSeverity } } },
        { log_level: logSeverity },
      ],
    ),
    ['log size in Mi', { logging: { cni: { logFileMaxSize: '5Mi' } } }, { log_file_max_size: 5 }],
    ['log size in Gi', { logging: { cni: { logFileMaxSize: '1Gi' } } }, { log_file_max_size: 1024 }],
    ['log size below 1Mi', { logging: { cni: { logFileMaxSize: '1023Ki' } } }, { log_file_max_size: 0 }],
    ['log size in parts', { logging: { cni: { logFileMaxSize: '1.5Mi' } } }, { log_file_max_size: 1 }],
    ['log age', { logging: { cni: { logFileMaxAgeDays: 7 } } }, { log_file_max_age: 7 }],
    ['log count', { logging: { cni: { logFileMaxCount: 3 } } }, { log_file_max_count: 3 }],
  ])('%s', (_name, spec, changes) => {
    expect(cniOf(spec, { cluster }).plugins).toEqual([{ ...stock, ...changes }, portmap]);
  });

  test('an unknown API server is left out', () => {
    expect(cniOf({}).plugins[0]?.['kubernetes']).toEqual({ kubeconfig: '__KUBECONFIG_FILEPATH__' });
  });
});

describe('further plugins', () => {
  const tuning = (sysctl: object) => ({ type: 'tuning', sysctl });

  test.each<[string, Network, readonly object[]]>([
    ['no host ports', { hostPorts: 'Disabled' }, []],
    ['host ports with BPF', { linuxDataplane: 'BPF', hostPorts: 'Enabled' }, [portmap]],
    [
      'kernel parameters',
      {
        sysctl: [
          { key: 'net.ipv4.tcp_keepalive_time', value: '40' },
          { key: 'net.ipv4.tcp_keepalive_intvl', value: '15' },
          { key: 'net.ipv4.tcp_keepalive_probes', value: '6' },
        ],
      },
      [
        portmap,
        tuning({
          'net.ipv4.tcp_keepalive_time': '40',
          'net.ipv4.tcp_keepalive_intvl': '15',
          'net.ipv4.tcp_keepalive_probes': '6',
        }),
      ],
    ],
    ['an empty list of them', { sysctl: [] }, [portmap, tuning({})]],
  ])('%s', (_name, calicoNetwork, expected) => {
    expect(cniOf(network(calicoNetwork)).plugins.slice(1)).toEqual(expected);
  });
});

describe('where it is written', () => {
  const install = (spec: InstallationSpec) =>
    podOf(spec, { cluster }).initContainers?.find(({ name }) => name === 'install-cni');
  const hostPath = (spec: InstallationSpec, volume: string) =>
    podOf(spec).volumes?.find(({ name }) => name === volume)?.hostPath;

  test.each<[string, InstallationSpec, string, string]>([
    ['by default', {}, '/opt/cni/bin', '/etc/cni/net.d'],
    ['as asked for', { cni: { type: 'Calico', binDir: '/b', confDir: '/c' } }, '/b', '/c'],
    [
      'with empty text as without',
      { cni: { type: 'Calico', binDir: '', confDir: '' } },
      '/opt/cni/bin',
      '/etc/cni/net.d',
    ],
    [
      'on GKE',
      { kubernetesProvider: 'GKE', cni: { type: 'Calico' } },
      '/home/kubernetes/bin',
      '/etc/cni/net.d',
    ],
  ])('%s', (_name, spec, binDir, confDir) => {
    expect(install(spec)?.env).toEqual(
      expect.arrayContaining([
        { name: 'CNI_CONF_NAME', value: '10-calico.conflist' },
        { name: 'SLEEP', value: 'false' },
        { name: 'CNI_NET_DIR', value: confDir },
        {
          name: 'CNI_NETWORK_CONFIG',
          valueFrom: { configMapKeyRef: { name: 'cni-config', key: 'config' } },
        },
        { name: 'KUBERNETES_SERVICE_HOST', value: '10.96.0.1' },
        { name: 'KUBERNETES_SERVICE_PORT', value: '443' },
      ]),
    );
    expect(install(spec)?.volumeMounts).toEqual([
      { name: 'cni-bin-dir', mountPath: '/host/opt/cni/bin' },
      { name: 'cni-net-dir', mountPath: '/host/etc/cni/net.d' },
    ]);
    expect(hostPath(spec, 'cni-bin-dir')).toEqual({ path: binDir, type: 'DirectoryOrCreate' });
    expect(hostPath(spec, 'cni-net-dir')).toEqual({ path: confDir });
    expect(hostPath(spec, 'cni-log-dir')).toEqual({ path: '/var/log/calico/cni' });
  });

  test.each(['AmazonVPC', 'GKE', 'AzureVNET'] as const)('nowhere with plugin %s', (type) => {
    const spec: InstallationSpec = { cni: { type } };
    const objects = renderNode(inputFor(spec)).map(({ object }) => object.metadata.name);
    expect(objects).not.toContain('cni-config');
    expect(install(spec)).toBeUndefined();
    const { annotations, volumes = [], containers } = podOf(spec);
    expect(annotations).not.toHaveProperty(['hash.operator.tigera.io/cni-config']);
    const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect([...volumes, ...mounts].filter(({ name }) => name.startsWith('cni-'))).toEqual([]);
  });
});
