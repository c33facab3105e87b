import { beforeAll, beforeEach, expect, test } from '@jest/globals';

import { loadBundledCrds } from '../../src/api/crds.ts';
import type { Installation } from '../../src/api/installation.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { resources } from '../../src/api/resources.ts';
import type { TigeraStatus } from '../../src/api/tigera-status.ts';
import { compare } from '../../src/apply/managed-fields.ts';
import { systemClock } from '../../src/clock.ts';
import { resourcePath } from '../../src/kube/paths.ts';
import type { ObjectRef } from '../../src/kube/types.ts';
import { eventOf } from '../../src/status/events.ts';
import { componentStatus, installationStatus } from '../../src/status/installation-status.ts';
import { type ComponentReport, emptyReport } from '../../src/status/types.ts';
import { StatusWriter } from '../../src/status/writer.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { TestClient } from './fixtures/kube-client.ts';
import { checkConditions, computeKStatus, type Conditioned } from './status-contract.ts';

const cluster = useFreshCluster();
const installation: ObjectRef = { resource: resources.Installation, name: 'default' };
const component: ObjectRef = { resource: resources.TigeraStatus, name: 'calico' };
const kinds = [
  resources.Installation,
  resources.TigeraStatus,
  resources.IPPool,
  resources.FelixConfiguration,
  resources.BGPConfiguration,
  resources.KubeControllersConfiguration,
];

beforeAll(async () => {
  for (const { json, name } of await loadBundledCrds()) {
    if (kinds.some(({ plural, group }) => name === `${plural}.${group}`)) {
      await cluster().api.apply(
        `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
        JSON.parse(json),
      );
    }
  }
  for (const resource of kinds) {
    await eventually(() => cluster().api.list(resourcePath({ resource })));
  }
});

beforeEach(async () => {
  await cluster().api.delete(resourcePath(installation));
  await cluster().api.delete(resourcePath(component));
  const object = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: { variant: 'Calico' },
  };
  await cluster().api.apply(resourcePath(installation), object, 'user');
});

const read = <T extends KubeObject>(ref: ObjectRef) => cluster().api.find<T>(resourcePath(ref));

function setUp() {
  const client = new TestClient(cluster().api);
  const writer = new StatusWriter({
    client,
    clock: systemClock,
    compare: (desired, live, manager) => compare(desired, live, manager, { subresource: 'status' }),
    observe: () => undefined,
  });
  let last: Conditioned | undefined;
  /** One status for a report; the contract is checked after it. */
  const report = async (found: ComponentReport) => {
    const live = (await read<Installation>(installation))!;
    const status = installationStatus({
      report: found,
      generation: live.metadata.generation!,
      previous: live.status,
      decided: {
        computed: { variant: 'Calico', calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16', blockSize: 26 }] } },
        defaulted: ['variant'],
      },
      running: { variant: 'Calico', calicoVersion: 'v3.32.1', mtu: 0, imageSet: '' },
      now: Date.now(),
    });
    const result = await writer.write({ ref: installation, live, status });
    const after = (await read<Installation>(installation))! as Conditioned;
    expect(checkConditions(after, last)).toEqual([]);
    last = after;
    return { result: result.kind, after };
  };
  return { client, writer, report };
}

const busy: ComponentReport = { ...emptyReport, waiting: [{ reason: 'ResourceNotReady', message: 'waits' }] };
const refused: ComponentReport = {
  ...emptyReport,
  refusals: [
    {
      reason: 'InvalidConfigurationError',
      object: 'Installation default',
      problem: 'is wrong',
      cure: 'Do it',
    },
  ],
};

test('the life of a status: each news is one write, and kstatus reads it rightly', async () => {
  const { client, report } = setUp();
  expect(computeKStatus((await report(busy)).after).status).toBe('InProgress');
  expect(computeKStatus((await report(emptyReport)).after).status).toBe('Current');
  expect(computeKStatus((await report(refused)).after).status).toBe('Failed');
  const { after } = await report(emptyReport);
  expect(computeKStatus(after).status).toBe('Current');
  expect(after.status?.conditions?.map(({ type }) => type).sort()).toEqual([
    'Degraded',
    'Progressing',
    'Ready',
  ]);
  expect(client.writes).toBe(4);
  expect((await report(emptyReport)).result).toBe('unchanged');
  expect((await setUp().report(emptyReport)).result).toBe('unchanged');
  expect(client.writes).toBe(4);
});

test('an edited spec is in progress for kstatus before anybody has looked at it', async () => {
  const { report } = setUp();
  await report(emptyReport);
  await cluster().api.mergePatch(resourcePath(installation), { spec: { controlPlaneReplicas: 3 } });
  expect(computeKStatus((await read(installation)) as Conditioned).status).toBe('InProgress');
});

test('what others write into the status stays, the spec is not ours', async () => {
  const { report } = setUp();
  await report(busy);
  const foreign = {
    type: 'Audited',
    status: 'True',
    reason: 'ByThem',
    message: 'm',
    lastTransitionTime: '2030-01-01T00:00:00Z',
  };
  await cluster().api.request('PATCH', `${resourcePath(installation)}/status`, {
    contentType: 'application/json-patch+json',
    json: [{ op: 'add', path: '/status/conditions/-', value: foreign }],
  });
  const { after } = await setUp().report(emptyReport);
  expect(after.status?.conditions?.map(({ type }) => type)).toContain('Audited');
  expect(after).toMatchObject({ spec: { variant: 'Calico' } });
});

test('a TigeraStatus is made with its status, and written once', async () => {
  const { client, writer } = setUp();
  const create: KubeObject = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'TigeraStatus',
    metadata: { name: 'calico' },
  };
  const write = async () => {
    const live = await read<TigeraStatus>(component);
    return writer.write({
      ref: component,
      live,
      status: componentStatus(busy, 1, live?.status, Date.now()),
      create,
    });
  };
  expect((await write()).kind).toBe('written');
  expect((await write()).kind).toBe('unchanged');
  expect(client.writes).toBe(2);
  expect(checkConditions((await read(component)) as Conditioned)).toEqual([]);
});

test('the API server takes our Events', async () => {
  const event = eventOf(
    (await read(installation))!,
    { type: 'Warning', reason: 'PodFailure', note: 'n', action: 'Reconcile' },
    { now: Date.now(), random: Math.random(), instance: 'pod-1' },
  );
  const created = await cluster().api.create('/apis/events.k8s.io/v1/namespaces/default/events', event);
  expect(created).toMatchObject({
    reason: 'PodFailure',
    regarding: { kind: 'Installation', name: 'default' },
  });
});

test.each([
  [
    'IPPool',
    {
      cidr: '10.1.0.0/16',
      blockSize: 26,
      ipipMode: 'Never',
      vxlanMode: 'Always',
      natOutgoing: true,
      disabled: false,
      nodeSelector: 'all()',
      allowedUses: ['Workload', 'Tunnel'],
    },
  ],
  [
    'FelixConfiguration',
    { vxlanVNI: 4096, healthPort: 9099, bpfEnabled: false, natPortRange: '32768:65535' },
  ],
  ['BGPConfiguration', { nodeToNodeMeshEnabled: true, logSeverityScreen: 'Info' }],
  [
    'KubeControllersConfiguration',
    { controllers: { node: { hostEndpoint: { autoCreate: 'Disabled' }, reconcilerPeriod: '5m' } } },
  ],
] as const)('%s: an apply is found to be as wanted', async (kind, spec) => {
  const manager = 'calico-operator/installation';
  const name = kind === 'IPPool' ? 'pool' : 'default';
  const object = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind,
    metadata: { name, labels: { a: 'b' } },
    spec,
  };
  const live = await new TestClient(cluster().api).apply(resources[kind], object, { fieldManager: manager });
  expect(compare(object, live, manager)).toEqual([]);
});
