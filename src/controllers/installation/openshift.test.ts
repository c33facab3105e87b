import { expect, test } from '@jest/globals';
import type { Installation } from '../../api/installation.ts';
import { installationWith } from '../../resolve/testing.ts';
import { followOpenShift } from './openshift.ts';

const openShift = { kubernetesProvider: 'OpenShift' } as const;

function demandFor(installation: Installation, detected: boolean, overlay?: Installation) {
  const demands: boolean[] = [];
  const facts = {
    kubernetesVersion: '1.36',
    signs: { apiGroups: [], openShiftClusterVersion: detected, configMaps: [], services: {} },
    awsNode: false,
    dnsServiceAddresses: [],
  };
  const network = { demand: (needed: boolean) => void demands.push(needed), state: 'synced' };
  const aws = {
    follow: (needed: boolean) => {
      demands.push(needed);
      return true;
    },
  };
  const stores = { aws, installations: { get: () => overlay }, openShiftNetwork: network };
  expect(
    followOpenShift(installation, facts, stores as unknown as Parameters<typeof followOpenShift>[2]),
  ).toBe(true);
  return demands;
}

test.each<[string, Installation, boolean, Installation | undefined, boolean]>([
  ['recognised', installationWith({}), true, undefined, true],
  ['said', installationWith(openShift), false, undefined, true],
  ['said by the overlay', installationWith({}), false, installationWith(openShift), true],
  ['remembered', installationWith({}, { computed: openShift }), false, undefined, true],
  ['denied', installationWith({ kubernetesProvider: 'RKE2' }), true, undefined, false],
  [
    'installed as something else',
    installationWith({}, { computed: { kubernetesProvider: '' } }),
    true,
    undefined,
    false,
  ],
  ['not there', installationWith({}), false, undefined, false],
])('what OpenShift has is watched there alone: %s', (_name, installation, detected, overlay, watched) => {
  expect(demandFor(installation, detected, overlay)).toEqual([watched, watched]);
});
