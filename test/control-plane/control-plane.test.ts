import { describe, expect, test } from '@jest/globals';

import { writeVerbs } from './audit-log.ts';
import { eventually } from './eventually.ts';
import { isReady } from './nodes.ts';
import { useFreshCluster } from './shared.ts';

const cluster = useFreshCluster();

const seconds = (started: number): string => `${((performance.now() - started) / 1000).toFixed(2)} s`;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function daemonSet(name: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'example.test/image:1' }] },
      },
    },
  };
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly state: { readonly waiting?: { readonly reason: string } };
    }[];
  };
}

const podsOf = (name: string): Promise<readonly Pod[]> =>
  cluster().api.list<Pod>(`/api/v1/namespaces/default/pods?labelSelector=app=${name}`);
const isPodReady = (pod: Pod): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

describe('nodes and pods', () => {
  test('fifty nodes become Ready and a DaemonSet runs on each', async () => {
    const started = performance.now();
    const names = await cluster().createNodes(50, { labels: { rack: 'a' } });
    say(`50 nodes Ready in ${seconds(started)}`);
    expect(names).toHaveLength(50);
    const nodes = await cluster().api.list('/api/v1/nodes?labelSelector=rack=a');
    expect(nodes.filter(isReady)).toHaveLength(50);

    await cluster().api.create('/apis/apps/v1/namespaces/default/daemonsets', daemonSet('everywhere'));
    await eventually(async () => (await podsOf('everywhere')).filter(isPodReady).length === 50);
  });

  test('a fault makes a pod fail until it is taken away, and a status set by hand stays', async () => {
    await cluster().createNodes(1, { prefix: 'fault-' });
    await cluster().api.create('/apis/apps/v1/namespaces/default/daemonsets', daemonSet('faulty'));
    const onFaultNode = async (): Promise<Pod> => {
      const pod = (await podsOf('faulty')).find(({ spec }) => spec.nodeName === 'fault-00000');
      if (!pod) throw new Error('no pod on fault-00000');
      return pod;
    };
    const { metadata } = await eventually(async () => {
      const pod = await onFaultNode();
      return isPodReady(pod) && pod;
    });
    const waitingReason = async (): Promise<string | undefined> =>
      (await onFaultNode()).status.containerStatuses?.[0]?.state.waiting?.reason;

    await cluster().setPodFault('default', metadata.name, 'crash-loop');
    await eventually(async () => (await waitingReason()) === 'CrashLoopBackOff');
    expect(isPodReady(await onFaultNode())).toBe(false);

    await cluster().setPodFault('default', metadata.name, undefined);
    await eventually(async () => isPodReady(await onFaultNode()));

    await cluster().setPodFault('default', metadata.name, 'not-ready');
    await eventually(async () => !isPodReady(await onFaultNode()));
    expect((await onFaultNode()).status.phase).toBe('Running');

    await cluster().setPodStatus('default', metadata.name, {
      phase: 'Pending',
      conditions: [],
      containerStatuses: [],
    });
    expect((await onFaultNode()).status.phase).toBe('Pending');
    await cluster().setPodFault('default', metadata.name, undefined);
    await eventually(async () => isPodReady(await onFaultNode()));
  });
});

test('a snapshot brings everything back, quickly', async () => {
  const path = '/api/v1/namespaces/default/configmaps';
  const configMap = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  await cluster().api.create(path, configMap('before'));
  const taken = performance.now();
  await cluster().snapshot('with-before');
  const took = seconds(taken);
  await cluster().api.create(path, configMap('after'));
  await cluster().api.delete(`${path}/before`);

  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    await cluster().restore('with-before');
    say(`snapshot in ${took}, restored in ${seconds(started)}`);
    expect(await cluster().api.find(`${path}/after`)).toBeUndefined();
    expect(await cluster().api.get(`${path}/before`)).toMatchObject({ metadata: { name: 'before' } });
  }
  // The controllers work on the restored data too.
  await cluster().api.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'later' },
  });
  await eventually(() => cluster().api.find('/api/v1/namespaces/later/serviceaccounts/default'));
});

test('custom resources come and go with snapshots', async () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.test' },
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
  const widgets = '/apis/example.test/v1/widgets';
  const widget = { apiVersion: 'example.test/v1', kind: 'Widget', metadata: { name: 'one' } };
  await cluster().snapshot('without-widgets');
  await cluster().api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  await eventually(() => cluster().api.find(widgets));
  await cluster().api.create(widgets, widget);
  await cluster().snapshot('with-widgets');

  await cluster().restore('without-widgets');
  expect(await cluster().api.find(widgets)).toBeUndefined();
  await cluster().restore('with-widgets');
  expect(await cluster().api.list(widgets)).toMatchObject([{ metadata: { name: 'one' } }]);
  await cluster().restore('without-widgets');
  await cluster().api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  await eventually(() => cluster().api.find(widgets));
  expect(await cluster().api.list(widgets)).toEqual([]);
});

test('the audit log counts requests by user agent, verb and resource, each once', async () => {
  const before = await cluster().auditLog.mark();
  await cluster().api.list('/api/v1/namespaces/default/secrets');
  await cluster().api.apply('/api/v1/namespaces/default/configmaps/counted', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'counted' },
  });
  const filter = { userAgent: 'control-plane-test' };
  await eventually(async () => (await cluster().auditLog.since(before, filter)).length === 2);
  expect(await cluster().auditLog.counts(before, filter)).toEqual({
    'control-plane-test list secrets': 1,
    'control-plane-test patch configmaps': 1,
  });
  const writes = await cluster().auditLog.since(before, { ...filter, verb: writeVerbs });
  expect(writes).toMatchObject([{ name: 'counted', namespace: 'default', user: 'admin', code: 201 }]);
  expect(await cluster().auditLog.since(await cluster().auditLog.mark(), filter)).toEqual([]);
});
