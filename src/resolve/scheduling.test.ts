import { describe, expect, test } from '@jest/globals';
import type { Node } from '../api/kubernetes.ts';
import { decodeTraits, encodeTraits } from './node-traits.ts';
import { admits, type Placement } from './scheduling.ts';

const labels = { 'kubernetes.io/hostname': 'a', pool: 'infra', cores: '8' };
const node = (spec: Node['spec'] = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a', labels },
  spec,
});

const takes = (placement: Partial<Placement>, spec?: Node['spec']): boolean =>
  admits('a', decodeTraits(encodeTraits(node(spec))), { nodeSelector: {}, tolerations: [], ...placement });

const required = (...nodeSelectorTerms: readonly object[]): Partial<Placement> => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  },
});
const expression = (key: string, operator: string, ...values: readonly string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('labels', () => {
  test.each([
    ['a selector that fits', { nodeSelector: { pool: 'infra' } }, true],
    ['a selector with another value', { nodeSelector: { pool: 'user' } }, false],
    ['a selector for the name', { nodeSelector: { 'kubernetes.io/hostname': 'a' } }, true],
    ['a selector for another name', { nodeSelector: { 'kubernetes.io/hostname': 'b' } }, false],
    ['In', required(expression('pool', 'In', 'x', 'infra')), true],
    ['In, of others', required(expression('pool', 'In', 'x')), false],
    ['NotIn', required(expression('pool', 'NotIn', 'infra')), false],
    ['NotIn, without the label', required(expression('none', 'NotIn', 'infra')), true],
    ['Exists', required(expression('none', 'Exists')), false],
    ['DoesNotExist', required(expression('none', 'DoesNotExist')), true],
    ['Gt', required(expression('cores', 'Gt', '7')), true],
    ['Gt, of a text', required(expression('pool', 'Gt', '7')), false],
    ['Lt', required(expression('cores', 'Lt', '8')), false],
    ['an unknown operator', required(expression('cores', 'Like', '8')), false],
    ['one term of two', required(expression('none', 'Exists'), expression('pool', 'Exists')), true],
    [
      'all expressions of a term',
      required({
        matchExpressions: [
          ...expression('none', 'Exists').matchExpressions,
          ...expression('pool', 'Exists').matchExpressions,
        ],
      }),
      false,
    ],
    [
      'the field of the name',
      required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }),
      true,
    ],
    [
      'a field that there is not',
      required({ matchFields: [{ key: 'spec', operator: 'In', values: ['a'] }] }),
      false,
    ],
    ['an empty term', required({}), false],
    ['no term at all', required(), false],
  ])('%s', (_name, placement, expected) => {
    expect(takes(placement)).toBe(expected);
  });
});

describe('taints', () => {
  const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  const tainted = { taints: [gpu] };

  test.each([
    ['without a toleration', [], false],
    ['tolerated by key', [{ key: 'gpu', operator: 'Exists' }], true],
    ['tolerated by value', [{ key: 'gpu', value: 'yes' }], true],
    ['with another value', [{ key: 'gpu', value: 'no' }], false],
    ['with another effect', [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }], false],
    ['with another key', [{ key: 'cpu', operator: 'Exists' }], false],
    ['as everything is', [{ operator: 'Exists' }], true],
  ])('%s', (_name, tolerations, expected) => {
    expect(takes({ tolerations }, tainted)).toBe(expected);
  });

  test('that pass by themselves or only prefer other nodes keep nobody away', () => {
    const taints = [
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' },
      { key: 'gpu', effect: 'PreferNoSchedule' },
    ];
    expect(takes({}, { taints })).toBe(true);
    expect(encodeTraits(node({ taints }))).toBe(encodeTraits(node()));
  });

  test('a cordon is one of them, which must be tolerated', () => {
    const cordoned = {
      unschedulable: true,
      taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
    };
    expect(takes({}, cordoned)).toBe(false);
    expect(takes({ tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] }, cordoned)).toBe(true);
  });
});

test('nodes that differ in their names alone have the same text, in whatever order', () => {
  const other: Node = {
    ...node(),
    metadata: { name: 'b', labels: { cores: '8', 'kubernetes.io/hostname': 'b', pool: 'infra' } },
  };
  expect(encodeTraits(other)).toBe(encodeTraits(node()));
});
