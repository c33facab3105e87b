import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { defaultSnapshot, linuxNodes, mustResolve, type SnapshotParts } from '../testing.ts';
import type { NodeSummary } from '../types.ts';
import { homelessTypha, isHomeless, replicasFor } from './decision.ts';

test.each([
  [0, 1],
  [2, 1],
  [3, 2],
  [4, 2],
  [5, 3],
  [399, 3],
  [400, 4],
  [999, 6],
  [1000, 7],
  [3600, 20],
])('%d nodes need %d replicas', (nodes, replicas) => {
  expect(replicasFor(nodes)).toBe(replicas);
});

const decide = (nodes: NodeSummary, parts: SnapshotParts = {}) =>
  mustResolve(defaultSnapshot({ ...parts, cluster: { nodes } }));

test.each([
  [undefined, 50, false],
  [undefined, 51, true],
  [{ mode: 'Auto', nodeThreshold: 5 }, 6, true],
  [{ mode: 'Always' }, 1, true],
  [{ mode: 'Never' }, 5000, false],
] as const)('typha %j at %d nodes: wanted %s', (typha, count, wanted) => {
  const spec = typha === undefined ? {} : { typha };
  expect(decide(linuxNodes(count), { spec }).typha.wanted).toBe(wanted);
});

describe('what was before counts between the limits', () => {
  const present = { typha: { present: true, remembers: true, now: 0 } };

  test.each([
    ['nothing', {}, false],
    ['Typha in the cluster, by whomever', present, true],
    ['a record that it is on', { status: { typha: { wanted: true } } }, true],
    [
      'a record that it is off, although it has not gone yet',
      { ...present, status: { typha: { wanted: false } } },
      false,
    ],
  ])('%s', (_name, parts, wanted) => {
    expect(decide(linuxNodes(45), parts).typha.wanted).toBe(wanted);
  });

  test('the lower limit is a share of the upper one, and both are frozen in status', () => {
    const { typha, spec, defaulted } = decide(linuxNodes(8), {
      spec: { typha: { nodeThreshold: 9 } },
      status: { typha: { wanted: true, belowSince: '2026-01-01T00:00:00Z' } },
      typha: { present: true, remembers: true, now: Date.parse('2026-01-01T00:01:00Z') },
    });
    expect(typha).toMatchObject({ switchOnAbove: 9, switchOffBelow: 8, wanted: true });
    expect(typha).not.toHaveProperty('belowSince');
    expect(spec.typha).toEqual({
      mode: 'Auto',
      nodeThreshold: 9,
      switchOffPercent: 80,
      switchOffAfterSeconds: 600,
    });
    expect(defaulted).toEqual(
      expect.arrayContaining(['typha.mode', 'typha.switchOffPercent', 'typha.switchOffAfterSeconds']),
    );
  });

  test('a record of since when there are fewer goes on', () => {
    const { typha } = decide(linuxNodes(7), {
      spec: { typha: { nodeThreshold: 9 } },
      status: { typha: { wanted: true, belowSince: '2026-01-01T00:00:00Z' } },
      typha: { present: true, remembers: true, now: Date.parse('2026-01-01T00:01:00Z') },
    });
    expect(typha).toMatchObject({ belowSince: '2026-01-01T00:00:00Z', changesIn: 540_000 });
  });
});

describe('never more than can be scheduled', () => {
  const host = (name: string, labels: Record<string, string>, taints: readonly object[] = []) => ({
    name,
    traits: JSON.stringify([Object.entries({ 'kubernetes.io/os': 'linux', ...labels }), taints]),
  });
  const sixty: NodeSummary = {
    ...linuxNodes(60),
    hosts: Array.from({ length: 60 }, (_, i) =>
      host(`n${i}`, i < 2 ? { pool: 'infra' } : {}, i < 58 ? [] : [{ key: 'gpu', effect: 'NoSchedule' }]),
    ),
  };
  const pod = (
    fields: NonNullable<
      NonNullable<NonNullable<NonNullable<InstallationSpec['typhaDeployment']>['spec']>['template']>['spec']
    >,
  ): InstallationSpec => ({ typhaDeployment: { spec: { template: { spec: fields } } } });

  test('with a word about it', () => {
    const nodes = { total: 60, linux: 2, windows: 58, typhaCandidates: 60, typhaCandidatesLinux: 2 };
    const { typha, warnings } = decide(nodes);
    expect(typha).toMatchObject({ wanted: true, replicas: 2, asked: 3 });
    expect(warnings).toMatchObject([{ reason: 'ResourceScalingError', field: 'spec.typha' }]);
  });

  test.each([
    ['nothing narrows it', {}, 60, 3],
    ['a node selector', pod({ nodeSelector: { pool: 'infra' } }), 2, 2],
    ['tolerations', pod({ tolerations: [] }), 58, 3],
    [
      'tolerations of the control plane',
      { controlPlaneTolerations: [{ key: 'gpu', operator: 'Exists' }] },
      60,
      3,
    ],
    ['a node selector that fits none', pod({ nodeSelector: { pool: 'none' } }), 0, 1],
  ] as const)('by %s', (_name, spec, hosts, replicas) => {
    const { typha, warnings } = decide(sixty, { spec });
    expect(typha).toMatchObject({ hosts, replicas, wanted: true });
    // Without any it is not a remark, but a fault that the transition tells.
    expect(warnings.length).toBe(replicas === 2 ? 1 : 0);
    expect(isHomeless(typha)).toBe(hosts === 0);
  });

  test('an empty cluster is no fault', () => {
    expect(isHomeless(decide(linuxNodes(0), { spec: { typha: { mode: 'Always' } } }).typha)).toBe(false);
  });

  test('the fault names where to correct it', () => {
    const spec = pod({ nodeSelector: { pool: 'none' } });
    expect(homelessTypha(defaultSnapshot({ spec }))).toMatchObject({
      object: 'Installation default',
      field: 'spec.typhaDeployment',
    });
  });
});
