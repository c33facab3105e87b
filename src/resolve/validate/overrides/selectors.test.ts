import { describe, expect, test } from '@jest/globals';
import { affinityMistakes } from './affinity.ts';
import { spreadMistakes } from './scheduling.ts';
import { labelKeyMistakes, selectorMistakes } from './selectors.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const fields = (mistakes: readonly { readonly field: string }[]) => mistakes.map(({ field }) => field);

describe('keys whose values a pod brings', () => {
  test('need a selector that they add to', () => {
    expect(fields(labelKeyMistakes(['app'], undefined, 'k'))).toEqual(['k']);
    expect(labelKeyMistakes(['app'], {}, 'k')).toEqual([]);
    expect(labelKeyMistakes([], undefined, 'k')).toEqual([]);
  });

  test('are keys of labels, each once', () => {
    expect(fields(labelKeyMistakes(['a b', 'app', 'app'], {}, 'k'))).toEqual(['k', 'k']);
  });

  test('are looked at wherever there are some', () => {
    const term = { topologyKey: 'zone', mismatchLabelKeys: ['app'] };
    expect(fields(affinityMistakes({ podAffinity: { [required]: [term] } }, 'a'))).toEqual([
      `a.podAffinity.${required}[0].mismatchLabelKeys`,
    ]);
    const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
    expect(fields(spreadMistakes([{ ...spread, matchLabelKeys: ['app'] }], 's'))).toEqual([
      's[0].matchLabelKeys',
    ]);
  });
});

test('a selector that says what cannot be is refused', () => {
  const expressions = [
    { key: 'a/b/c', operator: 'Exists' },
    { key: 'a', operator: 'Exists', values: ['b'] },
  ];
  expect(
    fields(selectorMistakes({ matchLabels: { 'a b': 'c' }, matchExpressions: expressions }, 's')),
  ).toEqual(['s.matchLabels', 's.matchExpressions[0]', 's.matchExpressions[1]']);
});

test('constraints of spreading are looked at as a whole', () => {
  const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
  const selector = { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] };
  const wrong = [{ ...constraint, labelSelector: selector, nodeTaintsPolicy: 'Never' }];
  expect(fields(spreadMistakes(wrong, 's'))).toEqual(['s[0]', 's[0].labelSelector.matchExpressions[0]']);
});

test('nodes are chosen by the name of one, and domains by a label', () => {
  const node = (name: string) => ({
    nodeAffinity: {
      [required]: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
      },
    },
  });
  expect(affinityMistakes(node('node-1.example.com'), 'a')).toEqual([]);
  expect(affinityMistakes(node('a b'), 'a')).toHaveLength(1);
  expect(affinityMistakes({ podAffinity: { [required]: [{ topologyKey: 'a b' }] } }, 'a')).toHaveLength(1);
});
