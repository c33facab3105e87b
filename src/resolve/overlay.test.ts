import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../api/installation.ts';
import { mergeOverlay } from './overlay.ts';

const toleration = (key: string) => ({ key, operator: 'Exists' as const });

describe('mergeOverlay', () => {
  test.each<[string, InstallationSpec, InstallationSpec, InstallationSpec]>([
    [
      'replaces scalars',
      { registry: 'a/', nodeMetricsPort: 1 },
      { registry: 'b/' },
      { registry: 'b/', nodeMetricsPort: 1 },
    ],
    ['keeps a base value against empty text', { registry: 'a/' }, { registry: '' }, { registry: 'a/' }],
    [
      'keeps a base value against an empty object',
      { cni: { type: 'Calico' } },
      { azure: {} },
      { cni: { type: 'Calico' } },
    ],
    [
      'merges cni by field and replaces ipam whole',
      { cni: { type: 'Calico', binDir: '/a', ipam: { type: 'Calico' } } },
      { cni: { type: 'Calico', confDir: '/c', ipam: { type: 'HostLocal' } } },
      { cni: { type: 'Calico', binDir: '/a', confDir: '/c', ipam: { type: 'HostLocal' } } },
    ],
    [
      'replaces pools whole, and an empty list counts as set',
      { calicoNetwork: { mtu: 1400, ipPools: [{ cidr: '10.0.0.0/16' }] } },
      { calicoNetwork: { ipPools: [] } },
      { calicoNetwork: { mtu: 1400, ipPools: [] } },
    ],
    [
      'replaces autodetection whole',
      { calicoNetwork: { nodeAddressAutodetectionV4: { firstFound: true } } },
      { calicoNetwork: { nodeAddressAutodetectionV4: { interface: 'eth0' } } },
      { calicoNetwork: { nodeAddressAutodetectionV4: { interface: 'eth0' } } },
    ],
    [
      'replaces maps and lists whole',
      { controlPlaneNodeSelector: { a: '1' }, controlPlaneTolerations: [toleration('a')] },
      { controlPlaneNodeSelector: { b: '2' }, controlPlaneTolerations: [toleration('b')] },
      { controlPlaneNodeSelector: { b: '2' }, controlPlaneTolerations: [toleration('b')] },
    ],
    [
      'replaces logging whole',
      { logging: { cni: { logSeverity: 'Debug', logFileMaxCount: 3 } } },
      { logging: { cni: { logSeverity: 'Info' } } },
      { logging: { cni: { logSeverity: 'Info' } } },
    ],
    [
      'merges windowsNodes by field',
      { windowsNodes: { cniBinDir: '/a' } },
      { windowsNodes: { cniLogDir: '/l' } },
      { windowsNodes: { cniBinDir: '/a', cniLogDir: '/l' } },
    ],
  ])('%s', (_name, base, overlay, expected) => {
    expect(mergeOverlay(base, overlay)).toEqual(expected);
  });

  test('merges workload overrides down to the pod spec and forgets none of its fields', () => {
    const base: InstallationSpec = {
      calicoNodeDaemonSet: {
        metadata: { labels: { a: '1' }, annotations: { n: '1' } },
        spec: { template: { spec: { dnsPolicy: 'Default', tolerations: [toleration('a')] } } },
      },
      csiNodeDriverDaemonSet: {
        spec: { minReadySeconds: 1, template: { spec: { nodeSelector: { a: '1' } } } },
      },
      typhaDeployment: {
        spec: {
          template: {
            spec: { containers: [{ name: 'calico-typha', resources: {} }], terminationGracePeriodSeconds: 9 },
          },
        },
      },
    };
    const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' as const };
    const initContainers = [
      { name: 'typha-certs-key-cert-provisioner' as const, resources: { limits: { cpu: '1' } } },
    ];
    const overlay: InstallationSpec = {
      calicoNodeDaemonSet: {
        metadata: { labels: { b: '2' } },
        spec: { template: { spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } } } },
      },
      csiNodeDriverDaemonSet: { spec: { minReadySeconds: 5 } },
      typhaDeployment: {
        spec: { template: { spec: { topologySpreadConstraints: [spread], initContainers } } },
      },
    };
    expect(mergeOverlay(base, overlay)).toEqual({
      calicoNodeDaemonSet: {
        metadata: { labels: { b: '2' }, annotations: { n: '1' } },
        spec: {
          template: {
            spec: {
              dnsPolicy: 'None',
              dnsConfig: { nameservers: ['1.1.1.1'] },
              tolerations: [toleration('a')],
            },
          },
        },
      },
      csiNodeDriverDaemonSet: {
        spec: { minReadySeconds: 5, template: { spec: { nodeSelector: { a: '1' } } } },
      },
      typhaDeployment: {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'calico-typha', resources: {} }],
              terminationGracePeriodSeconds: 9,
              topologySpreadConstraints: [spread],
              initContainers,
            },
          },
        },
      },
    });
  });
});
