import { expect, test } from '@jest/globals';
import type { DaemonSet, Deployment } from '../../api/kubernetes.ts';
import type { Phase } from '../../render/types.ts';
import { typhaPhase } from './typha-phase.ts';

const node = (uses: boolean, rolledOut: boolean): DaemonSet =>
  ({
    metadata: { name: 'calico-node', generation: 2 },
    spec: {
      template: {
        spec: {
          containers: [{ name: 'calico-node', env: uses ? [{ name: 'FELIX_TYPHAK8SSERVICENAME' }] : [] }],
        },
      },
    },
    status: { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: rolledOut ? 3 : 1 },
  }) as unknown as DaemonSet;

const typha = (availableReplicas: number): Deployment =>
  ({ status: { availableReplicas } }) as unknown as Deployment;

const neither: Phase = { typhaDeployed: false, felixUsesTypha: false };
const deployedOnly: Phase = { typhaDeployed: true, felixUsesTypha: false };
const both: Phase = { typhaDeployed: true, felixUsesTypha: true };

test.each([
  ['on: Typha first', { wanted: true, node: node(false, true) }, deployedOnly],
  [
    'on: not before a replica is available',
    { wanted: true, node: node(false, true), typha: typha(0) },
    deployedOnly,
  ],
  ['on: then Felix', { wanted: true, node: node(false, true), typha: typha(1) }, both],
  [
    'on: an outage of Typha does not roll Felix back',
    { wanted: true, node: node(true, true), typha: typha(0) },
    both,
  ],
  ['off: Felix first', { wanted: false, node: node(true, true), typha: typha(3) }, deployedOnly],
  [
    'off: Typha stays until every node runs without',
    { wanted: false, node: node(false, false), typha: typha(3) },
    deployedOnly,
  ],
  ['off: then Typha', { wanted: false, node: node(false, true), typha: typha(3) }, neither],
  ['never there', { wanted: false }, neither],
])('%s', (_name, facts, phase) => {
  expect(typhaPhase(facts)).toEqual(phase);
});
