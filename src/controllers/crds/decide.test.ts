import { describe, expect, test } from '@jest/globals';
import { crdOwner, crdOwnerAnnotation, crdReleaseAnnotation } from '../../api/crds.ts';
import { unpackCrds } from './bundled.ts';
import { type CrdDecision, crdFieldManager, decideCrd } from './decide.ts';
import { makeCrd, ofRelease, stored } from './testing.ts';
import type { Crd } from './types.ts';

const schema = { properties: { spec: { properties: { a: {}, b: {} } } } };
const richer = { properties: { spec: { properties: { a: {}, b: {}, c: {} } } } };
const poorer = { properties: { spec: { properties: { a: {} } } } };
const ours = ofRelease('1.2.0', schema);
const owned = (crd: Crd, owner: string) => stored(crd, { annotations: { [crdOwnerAnnotation]: owner } });
const appliedBy = (...managers: readonly string[]): object => ({
  managedFields: managers.map((manager) => ({ manager, operation: 'Apply' })),
});
const keep = (reason: string, missing: readonly string[] = []) => ({ kind: 'keep', reason, missing });

describe('a definition in the cluster', () => {
  const rows: readonly (readonly [string, Crd | undefined, CrdDecision | ReturnType<typeof keep>])[] = [
    ['that is not there is created', undefined, { kind: 'create' }],
    ['that is ours is kept', stored(ours), keep('current')],
    [
      'of an older release is upgraded',
      stored(ofRelease('1.1.9', schema)),
      { kind: 'upgrade', from: '1.1.9' },
    ],
    [
      'of an older release is upgraded even if it has more: fields can go',
      stored(ofRelease('1.1.9', richer)),
      { kind: 'upgrade', from: '1.1.9' },
    ],
    [
      'of a pre-release is upgraded',
      stored(ofRelease('1.2.0-rc.1', schema)),
      { kind: 'upgrade', from: '1.2.0-rc.1' },
    ],
    [
      'of this release that somebody changed is repaired',
      stored(ofRelease('1.2.0', poorer)),
      { kind: 'upgrade', from: '1.2.0' },
    ],
    ['of a newer release is kept, also if it has less', stored(ofRelease('1.3.0', poorer)), keep('newer')],
    ['of a release that can not be compared is kept', stored(ofRelease('main', poorer)), keep('newer')],
    ['without our mark is kept when it has more', stored(makeCrd(richer)), keep('foreign')],
    ['without our mark is kept when it is equal', stored(makeCrd(schema)), keep('foreign')],
    ['without our mark is kept when it has less', stored(makeCrd(poorer)), keep('foreign', ['spec.b'])],
    ['of another owner is kept', owned(makeCrd(poorer), 'somebody'), keep('foreign', ['spec.b'])],
    [
      'that was ours and was taken away is kept',
      stored(ours, { annotations: { [crdOwnerAnnotation]: 'somebody', [crdReleaseAnnotation]: '1.0.0' } }),
      keep('foreign'),
    ],
    ['that Helm alone has applied is held', stored(ours, appliedBy('helm')), { kind: 'hold' }],
    ['that is held is kept', stored(ours, appliedBy('helm', crdFieldManager)), keep('current')],
    ['that somebody else has applied is kept', stored(ours, appliedBy('kubectl')), keep('current')],
    [
      'of an older release that Helm has applied is upgraded',
      stored(ofRelease('1.1.9', schema), appliedBy('helm')),
      { kind: 'upgrade', from: '1.1.9' },
    ],
    [
      'that was handed over is upgraded, if richer or not',
      owned(makeCrd(richer), crdOwner),
      { kind: 'upgrade' },
    ],
    [
      'that is being deleted is left alone',
      stored(ofRelease('1.0.0'), { deletionTimestamp: '2026-03-01T00:00:00Z' }),
      keep('terminating'),
    ],
  ];

  test.each(rows)('%s', (_, live, expected) => {
    expect(decideCrd(ours, live)).toEqual(expected);
  });
});

describe('what the program carries', () => {
  test('is marked as ours, and stays when it is already there', async () => {
    const crds = (await unpackCrds()).map(({ json }) => JSON.parse(json) as Crd);
    expect(crds.length).toBeGreaterThan(25);
    for (const crd of crds) {
      expect([crd.metadata.name, decideCrd(crd, stored(crd))]).toEqual([crd.metadata.name, keep('current')]);
    }
  });

  test('is not confused by defaults of the API server, but by any change', async () => {
    const [first] = await unpackCrds();
    const crd = JSON.parse(first!.json) as Crd;
    const changed = JSON.parse(
      first!.json.replace('"served":true', '"served":true,"deprecated":true'),
    ) as Crd;
    expect(decideCrd(crd, stored(changed))).toEqual(keep('current'));
    const other = JSON.parse(first!.json.replace('"maxLength":', '"maxLength":1')) as Crd;
    expect(decideCrd(crd, stored(other)).kind).toBe('upgrade');
  });
});
