import { expect, test } from '@jest/globals';
import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import type { KubeObject, Secret } from '../../api/kubernetes.ts';
import { printObjects } from './print.ts';

const configMap = (data: Readonly<Record<string, string>>): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data }) as KubeObject;

/** What some YAML reader or other takes for a number, a boolean, null, a time, or syntax. */
const traps = [
  ...[
    'yes',
    'No',
    'on',
    'OFF',
    'y',
    'n',
    'true',
    'null',
    '~',
    '',
    '012',
    '0o12',
    '0x1F',
    '1_000',
    '1:30',
    '1e3',
  ],
  ...[
    '.5',
    '.inf',
    '=',
    '<<',
    '2024-01-01',
    'a: b',
    '- a',
    '#x',
    'a #b',
    '%a',
    '@a',
    '*a',
    '&a',
    '!a',
    '|',
    '?',
  ],
  ...[
    '{a}',
    '[a]',
    'a:',
    '"q"',
    "it's",
    '-',
    '---',
    ' a',
    'a ',
    '1.30',
    '+1',
    '190:20:30',
    '685_230.15',
    '\t',
  ],
  ...[
    'line\nline\n',
    'line\nline',
    '\n',
    `${'x'.repeat(90)} ${'y'.repeat(90)}`,
    '10.0.0.0/8',
    'fd00::/48',
    'é😀',
  ],
];

test('texts stay texts for readers of YAML 1.1 and 1.2', () => {
  const data = Object.fromEntries(traps.map((text, index) => [`k${index}`, text]));
  const yaml = printObjects([configMap(data)], 'yaml');
  for (const schema of [YAML11_SCHEMA, CORE_SCHEMA])
    expect(load(yaml, { schema })).toHaveProperty('data', data);
  const keys = Object.fromEntries(traps.map((text) => [text, 'v']));
  expect(load(printObjects([configMap(keys)], 'yaml'), { schema: YAML11_SCHEMA })).toHaveProperty(
    'data',
    keys,
  );
});

test('long lines are not folded', () => {
  const long = 'word '.repeat(100).trim();
  expect(printObjects([configMap({ long })], 'yaml')).toContain(`long: ${long}\n`);
});

test('keys come in the order that people expect, lists as they are', () => {
  const object = {
    spec: { z: 1, a: [{ image: 'i', name: 'entry', args: undefined }, 'b', 'a'] },
    metadata: { labels: { b: '1', a: '2' }, namespace: 's', name: 'object' },
    kind: 'K',
    data: {},
    apiVersion: 'v1',
  } as unknown as KubeObject;
  expect(printObjects([object], 'yaml')).toBe(`---
apiVersion: v1
kind: K
metadata:
  name: object
  namespace: s
  labels:
    a: '2'
    b: '1'
data: {}
spec:
  a:
  - name: entry
    image: i
  - b
  - a
  z: 1
`);
});

test('JSON is one List, in the same order', () => {
  const text = printObjects([configMap({ a: 'b' }), configMap({})], 'json');
  expect(JSON.parse(text)).toMatchObject({
    apiVersion: 'v1',
    kind: 'List',
    items: [{ data: { a: 'b' } }, {}],
  });
  expect(text.indexOf('apiVersion')).toBeLessThan(text.indexOf('"data"'));
  expect(text.endsWith('}\n')).toBe(true);
});

test.each(['yaml', 'json'] as const)('no value of a Secret is in %s', (format) => {
  const value = Buffer.from('very secret').toString('base64');
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { 'tls.key': value },
  };
  const text = printObjects([secret], format);
  expect(text).not.toContain(value);
  expect(text).toContain('tls.key');
  expect(text).toContain('(not shown)');
});
