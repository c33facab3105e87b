import { describe, expect, test } from '@jest/globals';

import type { ControlPlane } from './control-plane.ts';
import { makeFresh, useFreshCluster } from './shared.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
let prepared = 0;

const preparation = {
  snapshot: 'shared-test',
  prepare: async ({ api }: ControlPlane): Promise<void> => {
    prepared++;
    await api.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prepared' } });
  },
};
const cluster = useFreshCluster(preparation);

describe('useFreshCluster', () => {
  test('starts from the preparation, made once', async () => {
    expect(await cluster().api.find(`${configMaps}/prepared`)).toBeDefined();
    await cluster().api.delete(`${configMaps}/prepared`);
    await makeFresh(cluster(), preparation);
    expect(await cluster().api.find(`${configMaps}/prepared`)).toBeDefined();
    expect(prepared).toBe(1);
  });

  test('without a preparation the cluster is as it was started', async () => {
    await makeFresh(cluster());
    expect(await cluster().api.find(`${configMaps}/prepared`)).toBeUndefined();
    expect(await cluster().api.find('/api/v1/namespaces/default/serviceaccounts/default')).toBeDefined();
  });
});
