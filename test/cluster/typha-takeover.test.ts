import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { useFreshCluster, makeFresh } from '../control-plane/shared.ts';
import { keyOf, readRecording } from '../reference/recording.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  describeRequest,
  installationManager,
  operatorInstalled,
  operatorWrites,
  readInstallation,
  startLeader,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';
import { auto, off, patience, useTyphaView } from './typha-fixture.ts';
import { startsPerNode, violations } from './typha-timeline.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator;
const { timeline, status, readNode, untilTypha } = useTyphaView(cluster);

async function progressing() {
  const live = await readInstallation(cluster().api);
  return live.status?.conditions?.find(({ type }) => type === 'Progressing');
}

interface Definition {
  readonly spec: {
    readonly versions: readonly {
      readonly schema: {
        readonly openAPIV3Schema: {
          readonly properties: Readonly<
            Record<'spec' | 'status', { readonly properties: Record<string, unknown> }>
          >;
        };
      };
    }[];
  };
}

/** What the reference leaves on three nodes, as far as Typha and calico-node need it. */
async function installReference(): Promise<void> {
  await makeFresh(cluster(), operatorInstalled);
  const { api } = cluster();
  const inOrder = ['Namespace', 'ServiceAccount', 'Service', 'DaemonSet', 'Deployment'];
  const objects = readRecording('stock-installation-only').objects.filter(({ kind }) =>
    inOrder.includes(kind),
  );
  objects.sort((a, b) => inOrder.indexOf(a.kind) - inOrder.indexOf(b.kind));
  for (const object of objects) {
    const { kind, apiVersion, metadata } = object;
    const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
    // There is no Installation yet that could own it.
    const { ownerReferences: _, ...own } = metadata;
    const adopted = { ...object, metadata: own };
    await api
      .create(`${base}${place}/${kind.toLowerCase()}s?fieldManager=operator`, adopted)
      .catch((error: unknown) => {
        throw new Error(keyOf(object), { cause: error });
      });
  }
  await untilPasses(async () =>
    expect((await readNode()).status).toMatchObject({ numberAvailable: 3, updatedNumberScheduled: 3 }),
  );
}

describe('taking over three nodes from the reference operator', () => {
  beforeAll(installReference);
  afterAll(() => operator.stop());

  test('each pod is replaced once, Typha goes after the time, and last', async () => {
    const { api } = cluster();
    const before = (await readNode()).metadata;
    const deployments = '/apis/apps/v1/namespaces/calico-system/deployments';
    /** How often the pods of a Deployment were replaced. */
    const rollouts = async (name: string): Promise<number> => {
      const { metadata } = await api.get(`${deployments}/${name}`);
      return Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 1) - 1;
    };
    operator = await startLeader(cluster());
    await applyInstallation(api, auto);
    await untilTypha({ wanted: true, running: true, belowSince: expect.any(String) });
    const { belowSince } = (await status())!;
    expect(await progressing()).toMatchObject({
      status: 'True',
      message: expect.stringContaining(
        'TyphaTransition: calico-node stays as the operator before has left it',
      ),
    });
    expect((await readNode()).metadata.generation).toBe(before.generation);
    expect(await rollouts('calico-typha')).toBeLessThanOrEqual(1);
    await untilTypha({ wanted: false, running: false });
    await untilReady(api);
    expect(await rollouts('calico-kube-controllers')).toBeLessThanOrEqual(1);
    const left = timeline().entries.find(({ what }) => what === off[0])!;
    expect(left.at - Date.parse(belowSince ?? '')).toBeGreaterThanOrEqual(patience * 1000);
    expect(timeline().steps()).toEqual(off);
    expect(startsPerNode(timeline().entries)).toBe(1);
    expect(violations(timeline().entries, 1)).toEqual([]);
    expect((await readNode()).metadata.uid).toBe(before.uid);
  });
});

describe("with the reference operator's definition of the Installation, which has no status.typha", () => {
  const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/installations.operator.tigera.io';

  beforeAll(async () => {
    await installReference();
    const { api } = cluster();
    const crd = JSON.parse(JSON.stringify(await api.get(crdPath))) as Definition;
    for (const { schema } of crd.spec.versions) {
      for (const part of ['spec', 'status'] as const) {
        delete schema.openAPIV3Schema.properties[part].properties['typha'];
      }
    }
    await api.replace(crdPath, crd);
  });
  afterAll(() => operator.stop());

  test('what runs stays, and calico-node is taken over nevertheless', async () => {
    const { api } = cluster();
    operator = await startLeader(cluster());
    await applyInstallation(api);
    await untilReady(api);
    await untilQuiet(cluster());
    expect((await readNode()).metadata.managedFields?.map(({ manager }) => manager)).toContain(
      installationManager,
    );
    expect(timeline().steps()).toEqual([]);
    const mark = await cluster().auditLog.mark();
    await cluster().createNodes(1, { first: 3 });
    await untilPasses(async () => expect((await readNode()).status?.numberAvailable).toBe(4));
    await untilQuiet(cluster());
    const writes = (await operatorWrites(cluster(), mark)).map(describeRequest);
    expect(writes.filter((write) => !/deployments/.test(write))).toEqual([]);
  });
});
