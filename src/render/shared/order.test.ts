/** Lists whose order says nothing to the API: another one must not restart every pod. */
import { expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { Secret } from '../../api/kubernetes.ts';
import { inputFor } from '../fixtures.ts';
import { render } from '../render.ts';

const pullSecrets = ['one', 'two'].map(
  (name): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'tigera-operator' },
    type: 'kubernetes.io/dockerconfigjson',
  }),
);

const workloads = (spec: InstallationSpec) =>
  render(inputFor(spec, { pullSecrets }))
    .map(({ object }) => object)
    .filter(({ kind }) => kind === 'DaemonSet' || kind === 'Deployment' || kind === 'IPPool');

test.each<[string, InstallationSpec, InstallationSpec]>([
  [
    'pull secrets',
    { imagePullSecrets: [{ name: 'one' }, { name: 'two' }] },
    { imagePullSecrets: [{ name: 'two' }, { name: 'one' }] },
  ],
  [
    'cipher suites',
    { tlsCipherSuites: [{ name: 'TLS_AES_128_GCM_SHA256' }, { name: 'TLS_AES_256_GCM_SHA384' }] },
    { tlsCipherSuites: [{ name: 'TLS_AES_256_GCM_SHA384' }, { name: 'TLS_AES_128_GCM_SHA256' }] },
  ],
  [
    'uses of a pool',
    { calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16', allowedUses: ['Workload', 'Tunnel'] }] } },
    { calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16', allowedUses: ['Tunnel', 'Workload'] }] } },
  ],
])('%s', (_name, one, other) => {
  expect(workloads(other)).toEqual(workloads(one));
});
