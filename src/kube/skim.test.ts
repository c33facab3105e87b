import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Members, omissionOf, stringAt, without } from './skim.ts';

const plainNames = ['a', 'b', 'metadata', '__proto__', 'constructor', ''];
// None ends with a backslash: V8's JSON.parse of Node 24 takes such a name for another one.
const names = fc.constantFrom(...plainNames, '"', '\\a', 'ä"{');
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.constantFrom<unknown>(0, -1.5e10, true, null, '\\', '"', '}]', '😀', {}, []),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));
const members = fc.letrec<{ members: Members; rule: true | Members }>((tie) => ({
  members: fc.dictionary(fc.constantFrom(...plainNames), tie('rule'), { maxKeys: 3, noNullPrototype: true }),
  rule: fc.oneof({ depthSize: 'small' }, fc.constant(true as const), tie('members')),
})).members;

/** The same by way of the whole. */
function pruned(value: unknown, omitted: Members): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    const rule = Object.hasOwn(omitted, name) ? omitted[name] : undefined;
    if (rule === true) return [];
    return [[name, rule === undefined ? inner : pruned(inner, rule)]];
  });
  return Object.fromEntries(kept);
}

describe('without', () => {
  test('leaves out what it is told to, and nothing else, however the text is spaced', () => {
    fc.assert(
      fc.property(json.object, members, fc.constantFrom(undefined, 1, '\t'), (object, omitted, indent) => {
        const plain = JSON.parse(JSON.stringify(object)) as unknown;
        const rules = JSON.parse(JSON.stringify(omitted)) as Members;
        const text = without(Buffer.from(JSON.stringify(plain, null, indent)), omissionOf(rules));
        expect(JSON.parse(text ?? '')).toEqual(pruned(plain, rules));
      }),
      { numRuns: 500 },
    );
  });

  test.each(['', '[]', '"a"', '{', '{"a"', '{"a":1', '{a:1}', '{"a":1 "b":2}', '{"a" 1}'])(
    'does not take %s for an object',
    (text) => {
      expect(without(Buffer.from(text), omissionOf({ b: true }))).toBeUndefined();
    },
  );
});

describe('stringAt', () => {
  const text = Buffer.from(
    '{"type":"ADDED","object":{"metadata":{"labels":{"uid":"no"}, "uid" : "yes","n":1}}}',
  );

  test.each([
    [['type'], 'ADDED'],
    [['object', 'metadata', 'uid'], 'yes'],
    [['object', 'metadata', 'n'], undefined],
    [['object', 'spec'], undefined],
    [['type', 'uid'], undefined],
  ])('%j is %s', (path, expected) => {
    expect(stringAt(text, path)).toBe(expected);
  });

  test('what is no object has none', () => {
    expect(stringAt(Buffer.from('[1]'), ['type'])).toBeUndefined();
    expect(stringAt(Buffer.from('{"type":"ADD'), ['type'])).toBe('AD');
  });
});
