import { expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { OpenShiftNetwork } from '../../api/openshift.ts';
import { inputFor } from '../fixtures.ts';
import { renderOpenShiftNetwork } from './network.ts';

const cluster = { openShiftClusterNetworks: ['10.128.0.0/14'] };
const openShiftNetwork: OpenShiftNetwork = {
  apiVersion: 'config.openshift.io/v1',
  kind: 'Network',
  metadata: { name: 'cluster', resourceVersion: '7' },
  spec: { clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }], serviceNetwork: ['172.30.0.0/16'] },
  status: { networkType: 'OVNKubernetes' },
};
const rendered = (spec: InstallationSpec, live: { readonly openShiftNetwork?: OpenShiftNetwork }) =>
  renderOpenShiftNetwork(inputFor(spec, { cluster, live }));

test('status says what the spec asked for, and that it is Calico’s', () => {
  const spec: InstallationSpec = { kubernetesProvider: 'OpenShift', calicoNetwork: { mtu: 1400 } };
  expect(rendered(spec, { openShiftNetwork })).toEqual([
    {
      object: {
        apiVersion: 'config.openshift.io/v1',
        kind: 'Network',
        metadata: { name: 'cluster' },
        status: {
          clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
          serviceNetwork: ['172.30.0.0/16'],
          networkType: 'Calico',
          clusterNetworkMTU: 1400,
        },
      },
      stage: 'configuration',
      component: 'calico',
      ownership: 'shared',
    },
  ]);
});

test('nothing without the object, and nothing on other platforms', () => {
  expect(rendered({ kubernetesProvider: 'OpenShift' }, {})).toEqual([]);
  expect(rendered({ kubernetesProvider: 'RKE2' }, { openShiftNetwork })).toEqual([]);
});
