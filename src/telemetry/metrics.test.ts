import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { register } from 'prom-client';
import { lintExposition } from './metrics-lint.fixture.ts';
import { type Metrics, createMetrics } from './metrics.ts';

const options = { version: '0.1.0', calicoVersion: 'v3.32.1', leaseName: 'operator-lock' };

function create(): Metrics {
  return createMetrics(options);
}

/** One call of everything, so that every series has a sample. */
function useAll(metrics: Metrics): void {
  const { queue, reconcile } = metrics.controller('installation');
  queue.added();
  queue.depth(3);
  queue.taken(0.2);
  queue.retried(0.4);
  reconcile.started();
  reconcile.finished('success', 0.3);
  metrics.requestDone({ verb: 'get', resource: 'secrets', code: 200, seconds: 0.01 });
  metrics.watchRestarted('secrets', 'expired');
  metrics.setManagedObjects({ DaemonSet: 2 });
  metrics.driftRepaired('DaemonSet');
  metrics.setConditions({ calico: [{ type: 'Available', status: 'True' }] });
  metrics.setCertificates({ 'node-certs': Date.UTC(2031, 0, 1) });
  metrics.setNodes(50);
  metrics.setTypha({ desired: 3, ready: 2 });
  metrics.setNodePods({ 'calico-node': { desired: 50, ready: 49 } });
  metrics.setLeader(true);
}

async function sample(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('reconciles and queues', () => {
  test('exist at zero from the moment a controller is known', async () => {
    const metrics = create();
    metrics.controller('installation', 2);
    for (const result of ['success', 'error', 'requeue_after']) {
      const series = `controller_runtime_reconcile_total{controller="installation",result="${result}"}`;
      expect(await sample(metrics, series)).toBe(0);
    }
    expect(await sample(metrics, 'workqueue_retries_total{name="installation"}')).toBe(0);
    expect(
      await sample(metrics, 'controller_runtime_max_concurrent_reconciles{controller="installation"}'),
    ).toBe(2);
  });

  test.each([
    ['success', { success: 1 }],
    ['requeue_after', { requeue_after: 1 }],
    ['error', { error: 1, errors: 1 }],
    ['stalled', { error: 1, errors: 1, terminal: 1 }],
    ['panic', { error: 1, errors: 1, panics: 1 }],
    ['aborted', {}],
  ] as const)('%s is counted as %j', async (outcome, expected) => {
    const metrics = create();
    const { reconcile } = metrics.controller('c');
    reconcile.started();
    expect(await sample(metrics, 'controller_runtime_active_workers{controller="c"}')).toBe(1);
    reconcile.finished(outcome, 0.02);
    const counts = {
      success: await sample(metrics, 'controller_runtime_reconcile_total{controller="c",result="success"}'),
      requeue_after: await sample(
        metrics,
        'controller_runtime_reconcile_total{controller="c",result="requeue_after"}',
      ),
      error: await sample(metrics, 'controller_runtime_reconcile_total{controller="c",result="error"}'),
      errors: await sample(metrics, 'controller_runtime_reconcile_errors_total{controller="c"}'),
      terminal: await sample(metrics, 'controller_runtime_terminal_reconcile_errors_total{controller="c"}'),
      panics: await sample(metrics, 'controller_runtime_reconcile_panics_total{controller="c"}'),
    };
    expect(counts).toEqual({
      success: 0,
      requeue_after: 0,
      error: 0,
      errors: 0,
      terminal: 0,
      panics: 0,
      ...expected,
    });
    expect(await sample(metrics, 'controller_runtime_active_workers{controller="c"}')).toBe(0);
    expect(await sample(metrics, 'controller_runtime_reconcile_time_seconds_count{controller="c"}')).toBe(1);
  });

  test('a queue tells depth, adds, retries and waits', async () => {
    const metrics = create();
    const { queue } = metrics.controller('c');
    queue.added();
    queue.added();
    queue.depth(2);
    queue.taken(0.2);
    queue.retried(0.4);
    expect(await sample(metrics, 'workqueue_depth{name="c"}')).toBe(2);
    expect(await sample(metrics, 'workqueue_adds_total{name="c"}')).toBe(2);
    expect(await sample(metrics, 'workqueue_retries_total{name="c"}')).toBe(1);
    expect(await sample(metrics, 'workqueue_queue_duration_seconds_bucket{le="0.25",name="c"}')).toBe(1);
    expect(await sample(metrics, 'workqueue_queue_duration_seconds_bucket{le="0.1",name="c"}')).toBe(0);
  });

  test('a queue tells how long it waits after a failure, until it has passed', async () => {
    const metrics = create();
    const { queue } = metrics.controller('c');
    const series = 'workqueue_back_off_seconds{name="c"}';
    expect(await sample(metrics, series)).toBe(0);
    queue.retried(0.4);
    queue.retried(0.8);
    expect(await sample(metrics, series)).toBe(0.8);
    queue.recovered();
    expect(await sample(metrics, series)).toBe(0);
  });
});

describe('the API server', () => {
  test('requests by verb, resource and code, and their time by verb', async () => {
    const metrics = create();
    metrics.requestDone({ verb: 'patch', resource: 'daemonsets.apps', code: 409, seconds: 0.02 });
    metrics.requestDone({ verb: 'patch', resource: 'daemonsets.apps', code: 'error', seconds: 3 });
    const series = (code: string) =>
      `calico_operator_api_requests_total{verb="patch",resource="daemonsets.apps",code="${code}"}`;
    expect([await sample(metrics, series('409')), await sample(metrics, series('error'))]).toEqual([1, 1]);
    expect(await sample(metrics, 'calico_operator_api_request_duration_seconds_count{verb="patch"}')).toBe(2);
  });

  test('resources beyond the hundredth are counted together', async () => {
    const metrics = create();
    for (let index = 0; index < 150; index++) metrics.watchRestarted(`r${index}`, 'expired');
    metrics.watchRestarted('r7', 'expired');
    const series = (resource: string) =>
      `calico_operator_watch_restarts_total{resource="${resource}",reason="expired"}`;
    expect(await sample(metrics, series('other'))).toBe(50);
    expect(await sample(metrics, series('r7'))).toBe(2);
    expect(await sample(metrics, series('r149'))).toBeUndefined();
  });
});

describe('the state of the world', () => {
  test('conditions are 1, 0 or -1', async () => {
    const metrics = create();
    const series = 'calico_operator_condition{component="calico",type="Available"}';
    for (const [status, value] of [
      ['True', 1],
      ['False', 0],
      ['Unknown', -1],
    ] as const) {
      metrics.setConditions({ calico: [{ type: 'Available', status }] });
      expect(await sample(metrics, series)).toBe(value);
    }
    metrics.setConditions({ installation: [{ type: 'Ready', status: 'True' }] });
    expect(await sample(metrics, series)).toBeUndefined();
  });

  test('certificates and objects that are gone have no series any more', async () => {
    const metrics = create();
    const series = (name: string) =>
      `calico_operator_certificate_expiration_timestamp_seconds{name="${name}"}`;
    metrics.setCertificates({ 'node-certs': Date.UTC(2031, 0, 1), 'typha-certs': 0 });
    expect(await sample(metrics, series('node-certs'))).toBe(Date.UTC(2031, 0, 1) / 1_000);
    metrics.setCertificates({ 'node-certs': Date.UTC(2032, 0, 1) });
    expect(await sample(metrics, series('node-certs'))).toBe(Date.UTC(2032, 0, 1) / 1_000);
    expect(await sample(metrics, series('typha-certs'))).toBeUndefined();
    metrics.setManagedObjects({ DaemonSet: 2, Role: 4 });
    metrics.setManagedObjects({ DaemonSet: 1 });
    expect(await sample(metrics, 'calico_operator_managed_objects{kind="DaemonSet"}')).toBe(1);
    expect(await sample(metrics, 'calico_operator_managed_objects{kind="Role"}')).toBeUndefined();
  });

  test('pods of calico-node, by DaemonSet, as long as there is one', async () => {
    const metrics = create();
    const series = (daemonset: string, state: string) =>
      `calico_operator_node_pods{daemonset="${daemonset}",state="${state}"}`;
    const [node, windows] = ['calico-node', 'calico-node-windows'];
    metrics.setNodePods({ [node]: { desired: 50, ready: 49 }, [windows]: { desired: 2, ready: 0 } });
    expect(await sample(metrics, series(node, 'desired'))).toBe(50);
    expect(await sample(metrics, series(node, 'ready'))).toBe(49);
    expect(await sample(metrics, series(windows, 'desired'))).toBe(2);
    metrics.setNodePods({ [node]: { desired: 50, ready: 50 } });
    expect(await sample(metrics, series(node, 'ready'))).toBe(50);
    expect(await sample(metrics, series(windows, 'desired'))).toBeUndefined();
  });

  test('nodes, Typha, leadership, drift and build', async () => {
    const metrics = create();
    expect(await sample(metrics, 'leader_election_master_status{name="operator-lock"}')).toBe(0);
    useAll(metrics);
    expect(await sample(metrics, 'leader_election_master_status{name="operator-lock"}')).toBe(1);
    expect(await sample(metrics, 'calico_operator_nodes')).toBe(50);
    expect(await sample(metrics, 'calico_operator_typha_replicas{state="desired"}')).toBe(3);
    expect(await sample(metrics, 'calico_operator_typha_replicas{state="ready"}')).toBe(2);
    expect(await sample(metrics, 'calico_operator_drift_repairs_total{kind="DaemonSet"}')).toBe(1);
    const build = `calico_operator_build_info{version="0.1.0",calico_version="v3.32.1",node_version="${process.version}"}`;
    expect(await sample(metrics, build)).toBe(1);
  });
});

describe('the whole exposition', () => {
  let text: string;
  beforeAll(async () => {
    const metrics = create();
    useAll(metrics);
    text = await metrics.text();
  });

  test('satisfies the rules of promtool check metrics', () => {
    expect(lintExposition(text)).toEqual([]);
  });

  test('has event-loop and memory metrics, and stays small', () => {
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
    expect(text.split('\n').length).toBeLessThan(400);
  });

  test('touches no global registry', async () => {
    expect(await register.metrics()).toBe('\n');
  });

  test('is what docs/metrics.md lists, name by name', () => {
    const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/^\| `([a-z0-9_]+)(?:\{[^}]*\})?`/gm)].map((match) => match[1]);
    const exposed = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1] ?? '');
    const ours = exposed.filter((name) => !/^(process|nodejs)_/.test(name));
    expect(listed.sort()).toEqual(ours.sort());
  });
});

describe('the checker itself', () => {
  test.each([
    ['# TYPE a_total counter\na_total 1', 'a_total: no help text'],
    ['# HELP a x\n# TYPE a counter\na 1', 'a: a counter ends with _total'],
    ['# HELP a_total x\n# TYPE a_total gauge\na_total 1', 'a_total: only a counter ends with _total'],
    [
      '# HELP a_milliseconds x\n# TYPE a_milliseconds gauge\na_milliseconds 1',
      'a_milliseconds: use base units (seconds)',
    ],
    ['# HELP aB x\n# TYPE aB gauge\naB 1', 'aB: names are in snake_case'],
    ['# HELP a_gauge x\n# TYPE a_gauge gauge\na_gauge 1', 'a_gauge: the name contains its type'],
    ['# HELP a x\n# TYPE a gauge\na{fooBar="1"} 1', 'a: label fooBar is not in snake_case'],
    ['# HELP a x\n# TYPE a gauge\na{le="1"} 1', 'a: label le is reserved'],
    [
      '# HELP a_count x\n# TYPE a_count gauge\na_count 1',
      'a_count: only a histogram or summary ends with _count',
    ],
  ])('finds the mistake in %j', (text, problem) => {
    expect(lintExposition(text)).toEqual([problem]);
  });
});
