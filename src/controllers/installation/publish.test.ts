import { expect, test } from '@jest/globals';
import type { Installation } from '../../api/installation.ts';
import type { TigeraStatus } from '../../api/tigera-status.ts';
import { createCache } from '../../cache/cache.ts';
import { FakeClock } from '../../fake-clock.ts';
import { emptyReport } from '../../status/types.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { silentLogger } from '../../telemetry/types.ts';
import { measureNothing } from './measure.ts';
import { ModelCluster } from './model-cluster.fixture.ts';
import { Publisher } from './publish.ts';
import { watchEverything } from './stores.ts';

const installation: Installation = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', generation: 1 },
  spec: {},
};
const broken = {
  ...emptyReport,
  problems: [{ reason: 'PodFailure' as const, message: 'calico-node does not start' }],
};

test('metrics show the conditions of each component and of the Installation, as they are decided', async () => {
  const clock = new FakeClock();
  const cluster = new ModelCluster();
  const metrics = createMetrics({ version: '1', calicoVersion: 'v3', leaseName: 'l' });
  const stores = watchEverything(createCache({ source: cluster, clock, logger: silentLogger }), 'o');
  const publisher = new Publisher({
    ...{ client: cluster, stores, clock, logger: silentLogger, metrics, instance: 'test' },
  });
  const measured = async (): Promise<readonly string[]> =>
    [...(await metrics.text()).matchAll(/^calico_operator_condition\{component="(.*)",type="(.*)"\} (.*)$/gm)]
      .filter(([, , , value]) => value === '1')
      .map(([, component, type]) => `${component} ${type}`)
      .sort();
  const { signal } = new AbortController();

  await publisher.publish(installation, { reports: { calico: emptyReport, ippools: emptyReport } }, signal);
  expect(await measured()).toEqual(['calico Available', 'installation Ready', 'ippools Available']);

  // Whatever the API server says to it.
  cluster.fault = () => new Error('refused');
  const kubeProxy: TigeraStatus = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'TigeraStatus',
    metadata: { name: 'kubeproxy-monitor' },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: '2030-01-01T00:00:00Z',
          reason: '',
          message: '',
        },
      ],
    },
  };
  stores.statuses.observe(kubeProxy);
  const reports = { calico: broken, ippools: emptyReport };
  await expect(publisher.publish(installation, { reports }, signal)).rejects.toThrow('refused');
  expect(await measured()).toEqual([
    'calico Degraded',
    'installation Degraded',
    'ippools Available',
    'kubeproxy-monitor Available',
  ]);

  measureNothing(metrics);
  expect(await measured()).toEqual([]);
});
