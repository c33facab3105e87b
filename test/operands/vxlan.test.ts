import { expect, test } from '@jest/globals';
import { Address4 } from 'ip-address';

import type { Node } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { TestContainer } from './container.ts';
import { useOperands } from './fixture.ts';

const cidr = '10.244.0.0/16';
const readyTimeout = 120_000;

let calicoNode: TestContainer;
const operands = useOperands(
  { calicoNetwork: { bgp: 'Disabled', ipPools: [{ cidr, encapsulation: 'VXLAN' }] } },
  async (started) => {
    ({ container: calicoNode } = await started.runCalicoNode());
  },
);

test('calico-node is ready and live by its own probes', async () => {
  await eventually(
    async () => {
      expect(await calicoNode.probe('livenessProbe')).toBeUndefined();
      expect(await calicoNode.probe('readinessProbe')).toBeUndefined();
      return true;
    },
    { description: 'calico-node to be ready', timeout: readyTimeout },
  );
});

test('the tunnel has an address of the pool', async () => {
  const { cluster, node } = operands();
  const { metadata } = await cluster.api.get<Node>(`/api/v1/nodes/${node.name}`);
  const address = metadata.annotations?.['projectcalico.org/IPv4VXLANTunnelAddr'] ?? '0.0.0.0';
  expect(new Address4(address).isInSubnet(new Address4(cidr))).toBe(true);
  await eventually(
    async () => {
      const device = await node.host.succeed([
        'ip',
        '-4',
        '-brief',
        'address',
        'show',
        'dev',
        'vxlan.calico',
      ]);
      expect(device).toContain(`${address}/32`);
      return true;
    },
    { description: 'Felix to make vxlan.calico', timeout: readyTimeout },
  );
});
