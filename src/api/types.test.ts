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

describe('static types', () => {
  test('know the fields, their values and that they are not to be written', () => {
    // @ts-expect-error an encapsulation that does not exist
    const encapsulation: IPPoolSpec['encapsulation'] = 'GRE';
    // @ts-expect-error a container that the pod does not have
    const container: InstallationSpec = {
      typhaDeployment: { spec: { template: { spec: { containers: [{ name: 'node' }] } } } },
    };
    // @ts-expect-error a field that this workload does not have
    const init: InstallationSpec = {
      csiNodeDriverDaemonSet: { spec: { template: { spec: { initContainers: [] } } } },
    };
    // @ts-expect-error a required field is missing
    const pool: IPPoolSpec = {};
    // @ts-expect-error a field that does not exist
    const unknown: InstallationSpec = { calicoNetworks: {} };
    // @ts-expect-error undefined is not the same as absent
    const absent: InstallationSpec = { registry: undefined };
    const write = (installation: Installation, ours: IPPool, felix: FelixConfiguration) => {
      // @ts-expect-error the spec belongs to the user
      installation.spec = spec;
      // @ts-expect-error deep down as well
      spec.calicoNetwork.bgp = 'Enabled';
      // @ts-expect-error and in lists
      spec.calicoNetwork?.ipPools?.push({ cidr: '10.0.0.0/8' });
      // @ts-expect-error no such mode
      const mode: IPPool['spec'] = { cidr: '', ipipMode: 'Sometimes' };
      return [ours.spec?.cidr, felix.spec?.vxlanVNI?.toFixed(), mode];
    };
    expect([encapsulation, container, init, pool, unknown, absent, write]).toHaveLength(7);
  });
});
