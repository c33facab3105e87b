import { describe, expect, test } from '@jest/globals';
import type { FelixConfiguration, IPPool } from './calico.ts';
import type { Installation, InstallationSpec, IPPoolSpec } from './installation.ts';

const spec: InstallationSpec = {
  variant: 'Calico',
  calicoNetwork: {
    bgp: 'Disabled',
    ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'VXLAN', allowedUses: ['Workload'] }],
    nodeAddressAutodetectionV4: { cidrs: ['10.0.0.0/8'] },
  },
  typhaDeployment: {
    spec: {
      strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      template: {
        spec: {
          affinity: {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
          },
          containers: [{ name: 'calico-typha', resources: { requests: { cpu: '1' } } }],
          initContainers: [{ name: 'typha-certs-key-cert-provisioner' }],
          terminationGracePeriodSeconds: 5,
        },
      },
    },
  },
  typha: { mode: 'Auto', nodeThreshold: 50 },
};

type NodePod = NonNullable<
  NonNullable<NonNullable<NonNullable<InstallationSpec['calicoNodeDaemonSet']>['spec']>['template']>['spec']
>;
type CsiPod = NonNullable<
  NonNullable<
    NonNullable<NonNullable<InstallationSpec['csiNodeDriverDaemonSet']>['spec']>['template']
  >['spec']
>;

describe('static types', () => {
  test('know the fields, their values and that they are not to be written', () => {
    // @ts-expect-error an encapsulation that does not exist
    const encapsulation: IPPoolSpec['encapsulation'] = 'GRE';
    // @ts-expect-error a container that the pod does not have
    const containers: NodePod['containers'] = [{ name: 'felix' }];
    // @ts-expect-error a field that this workload does not have
    const pod: CsiPod = { initContainers: [] };
    // @ts-expect-error a required field is missing
    const pool: IPPoolSpec = {};
    // @ts-expect-error a field that does not exist
    const unknown: InstallationSpec = { calicoNetworks: {} };
    // @ts-expect-error undefined is not the same as absent
    const absent: InstallationSpec = { registry: undefined };
    const write = (
      installation: Installation,
      network: NonNullable<InstallationSpec['calicoNetwork']>,
      pools: NonNullable<(typeof network)['ipPools']>,
    ) => {
      // @ts-expect-error the spec belongs to the user
      installation.spec = spec;
      // @ts-expect-error deep down as well
      network.bgp = 'Enabled';
      // @ts-expect-error and in lists
      pools[0] = { cidr: '10.0.0.0/8' };
    };
    const mode = (ours: IPPool, felix: FelixConfiguration) => {
      // @ts-expect-error no such mode
      const comparison = ours.spec?.ipipMode === 'Sometimes';
      return [comparison, felix.spec?.vxlanVNI?.toFixed()];
    };
    expect([encapsulation, containers, pod, pool, unknown, absent, write, mode]).toHaveLength(8);
  });
});
