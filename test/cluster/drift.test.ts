import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import { contentOf, editOf, madeInOrder, nameLabel } from './drift.ts';
import {
  calicoNodePath,
  describeObject,
  operatorInstalled,
  pathOfMade,
  poolPath,
  quickest,
  startInstalled,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator;
let made: readonly KubeObject[];

/** Milliseconds that a repair may take. */
const limit = 1000;

beforeAll(async () => {
  operator = await startInstalled(cluster());
  made = await madeInOrder(cluster().api);
});
afterAll(() => operator.stop());

const read = (object: KubeObject) => cluster().api.find<KubeObject>(pathOfMade(object));

async function repaired(condition: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  await eventually(condition, { interval: 5 });
  return performance.now() - began;
}

const tooSlow = (times: ReadonlyMap<string, number>) => [...times].filter(([, time]) => time > limit);

function report(what: string, times: ReadonlyMap<string, number>): void {
  const [name, time] = [...times].sort(([, a], [, b]) => b - a)[0] ?? ['nothing', 0];
  process.stderr.write(`  ${what}: ${times.size} objects, worst ${time} ms (${name})\n`);
}

test('whatever is deleted comes back within a second', async () => {
  const times = new Map<string, number>();
  for (const object of made.filter(({ kind }) => kind !== 'Namespace')) {
    const time = await quickest(limit, async () => {
      const before = (await read(object))?.metadata.uid;
      expect(before).toBeDefined();
      await cluster().api.delete(pathOfMade(object), 'Background');
      return repaired(async () => {
        const uid = (await read(object))?.metadata.uid;
        return uid !== undefined && uid !== before;
      });
    });
    times.set(describeObject(object), time);
  }
  report('deleted', times);
  expect(tooSlow(times)).toEqual([]);
  await untilReady(cluster().api);
});

test('whatever is edited is set back within a second, in place', async () => {
  await untilQuiet(cluster());
  const times = new Map<string, number>();
  for (const object of made) {
    const before = (await read(object))!;
    const edit = editOf(before);
    if (edit === undefined) continue;
    const wanted = contentOf(before);
    const time = await quickest(limit, async () => {
      await cluster().api.mergePatch(pathOfMade(object), edit);
      return repaired(async () => {
        expect([describeObject(object), contentOf((await read(object))!)]).toEqual([
          describeObject(object),
          wanted,
        ]);
        return true;
      });
    });
    expect((await read(object))?.metadata.uid).toBe(before.metadata.uid);
    times.set(describeObject(object), time);
  }
  report('edited', times);
  expect(tooSlow(times)).toEqual([]);
  expect(times.size).toBeGreaterThan(20);
});

test.each([nameLabel, 'app.kubernetes.io/part-of', 'app.kubernetes.io/managed-by'])(
  'a label that is taken away comes back: %s',
  async (taken) => {
    for (const object of made.filter(({ metadata }) => metadata.labels?.[taken] !== undefined)) {
      const time = await quickest(limit, async () => {
        await cluster().api.mergePatch(pathOfMade(object), { metadata: { labels: { [taken]: null } } });
        return repaired(async () => (await read(object))?.metadata.labels?.[taken] !== undefined);
      });
      expect([describeObject(object), time > limit]).toEqual([describeObject(object), false]);
    }
  },
);

describe('what is not ours', () => {
  test('stays: labels, annotations and fields of others', async () => {
    const { api } = cluster();
    const metadata = { labels: { 'example.test/a': '1' }, annotations: { 'example.test/b': '2' } };
    for (const object of made) await api.mergePatch(pathOfMade(object), { metadata });
    await api.mergePatch('/apis/crd.projectcalico.org/v1/felixconfigurations/default', {
      spec: { logSeverityScreen: 'Debug' },
    });
    await api.mergePatch(calicoNodePath, {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } },
    });
    // Something else is repaired after it, so that the operator has seen all of it.
    await api.delete('/api/v1/namespaces/calico-system/configmaps/cni-config');
    await eventually(() => api.find('/api/v1/namespaces/calico-system/configmaps/cni-config'));
    await untilQuiet(cluster());
    for (const object of made) {
      if (object.metadata.name !== 'cni-config')
        expect((await read(object))?.metadata).toMatchObject(metadata);
    }
    expect(await api.get('/apis/crd.projectcalico.org/v1/felixconfigurations/default')).toMatchObject({
      spec: { logSeverityScreen: 'Debug' },
    });
    expect(await api.get(calicoNodePath)).toMatchObject({
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } },
    });
  });

  test('pools of others are not touched', async () => {
    const { api } = cluster();
    const pool = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPPool',
      metadata: { name: 'theirs' },
      spec: { cidr: '10.99.0.0/16', ipipMode: 'Always' },
    };
    const created = await api.create('/apis/crd.projectcalico.org/v1/ippools', pool);
    await api.mergePatch(poolPath, { spec: { natOutgoing: false } });
    await untilPasses(async () =>
      expect(await api.get(poolPath)).toMatchObject({ spec: { natOutgoing: true } }),
    );
    await untilQuiet(cluster());
    const after = await api.get('/apis/crd.projectcalico.org/v1/ippools/theirs');
    expect(after.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
  });
});
