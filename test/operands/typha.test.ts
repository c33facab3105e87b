import { expect, test } from '@jest/globals';

import type { Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { TestContainer } from './container.ts';
import { useOperands } from './fixture.ts';

const readyTimeout = 120_000;

let typha: TestContainer;
let calicoNode: TestContainer;
let felix: Program;
const operands = useOperands({ typha: { mode: 'Always' } }, async (started) => {
  typha = await started.container('calico-typha', 'calico-typha');
  await started.run(typha, ['/usr/bin/calico-typha']);
  ({ container: calicoNode, felix } = await started.runCalicoNode());
});

test('Typha is ready and live with the certificates that we issued', async () => {
  await eventually(
    async () => {
      expect(await typha.probe('readinessProbe')).toBeUndefined();
      expect(await typha.probe('livenessProbe')).toBeUndefined();
      return true;
    },
    { description: 'Typha to be ready', timeout: readyTimeout },
  );
});

test('Felix finds Typha by its Service, connects by TLS and is ready', async () => {
  await eventually(
    async () => {
      expect(await operands().node.get(9099, '/readiness')).toBe(200);
      expect(await calicoNode.probe('livenessProbe')).toBeUndefined();
      return true;
    },
    { description: 'Felix to be ready', timeout: readyTimeout },
  );
  // The node's other services connect as well.
  const { node } = operands();
  const connections = await node.host.succeed(['ss', '-tnpH', 'state', 'established', 'dport', '=', ':5473']);
  expect(connections).toContain(`pid=${felix.pid},`);
});
