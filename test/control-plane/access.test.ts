import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';

import { ApiClient } from './api-client.ts';
import { silentProgress } from './build/progress.ts';
import { startControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import { useFreshCluster } from './shared.ts';

const cluster = useFreshCluster();

interface Kubeconfig {
  readonly users: readonly { readonly user: { readonly token: string } }[];
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
}

test('a kubeconfig for a ServiceAccount carries its identity and no more rights than it has', async () => {
  const { api, ca, url } = cluster();
  const path = await cluster().kubeconfigFor({ namespace: 'default', name: 'default' });
  const config = JSON.parse(await readFile(path, 'utf8')) as Kubeconfig;
  expect(config.clusters[0]?.cluster.server).toBe(url);
  const authorization = `Bearer ${config.users[0]?.user.token ?? ''}`;
  const client = new ApiClient(url, { ca, headers: { authorization } });

  const review = await client.create<{ status: { userInfo: { username: string } } }>(
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  );
  expect(review.status.userInfo.username).toBe('system:serviceaccount:default:default');
  await expect(client.list('/api/v1/secrets')).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
  expect(await api.list('/api/v1/secrets')).toEqual([]);
  client.close();
});

test('a ServiceAccount that does not exist is named in the error', async () => {
  const asked = cluster().kubeconfigFor({ namespace: 'default', name: 'nobody' });
  await expect(asked).rejects.toThrow(/nobody/);
});

test('what the API server would send into the cluster stays on this machine', async () => {
  const { api } = cluster();
  await api.create('/apis/apiregistration.k8s.io/v1/apiservices', {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.far.example.test' },
    spec: {
      group: 'far.example.test',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name: 'far', namespace: 'default' },
    },
  });
  // Addresses reserved for documentation: nobody's host, should the egress selector ever be lost.
  await api.create('/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'far' },
    spec: { ports: [{ port: 443 }] },
  });
  await api.create('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'far', labels: { 'kubernetes.io/service-name': 'far' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    ports: [{ name: '', port: 443, protocol: 'TCP' }],
  });
  const available = async (): Promise<string> => {
    const service = await api.get<{ status?: { conditions?: { message: string }[] } }>(
      '/apis/apiregistration.k8s.io/v1/apiservices/v1.far.example.test',
    );
    return service.status?.conditions?.[0]?.message ?? '';
  };
  await eventually(async () => {
    expect(await available()).toContain('egress.sock');
    return true;
  });
});

test('the cluster of a KUBECONFIG is used as it is, and outlives who used it', async () => {
  const external = await startControlPlane({
    environment: { KUBECONFIG: cluster().kubeconfig },
    progress: silentProgress,
  });
  expect(external.rung).toBe('kubeconfig');
  expect(await external.api.get('/readyz')).toBe('ok');
  expect(
    await readFile(await external.kubeconfigFor({ namespace: 'default', name: 'default' }), 'utf8'),
  ).toContain(cluster().url);
  await expect(external.createNodes(1)).rejects.toThrow(
    /\(kubeconfig\) offers no fake nodes; unset KUBECONFIG/,
  );
  await expect(external.restore('pristine')).rejects.toThrow('offers no snapshots');
  const program = await external.run('sleeper', '/bin/sleep', ['600']);
  await external.stop();
  expect(() => process.kill(program.pid, 0)).toThrow('ESRCH');
  expect(await cluster().api.get('/readyz')).toBe('ok');
});
