import { expect, test } from '@jest/globals';
import type { KubeObject, Secret } from '../../api/kubernetes.ts';
import { refOf } from '../../apply/refs.ts';
import { plain } from '../text.ts';
import { describeVerdict, reportVerdict } from './describe.ts';
import { comparable, shownSides } from './shown.ts';
import type { ClassifiedChange, Concern } from './types.ts';

const secret = (data: Readonly<Record<string, string>>): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'node-certs',
    namespace: 'calico-system',
    uid: 'u',
    resourceVersion: '7',
    managedFields: [],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"tls.key":"c2VjcmV0"}}',
      a: 'b',
    },
  },
  data,
});
const pool = (natOutgoing: boolean): KubeObject =>
  ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name: 'a' },
    spec: { cidr: '10.0.0.0/8', natOutgoing },
  }) as KubeObject;
const concern: Concern = {
  severity: 'disruptive',
  topic: 't',
  object: 'IPPool a',
  field: 'natOutgoing',
  from: 'Enabled',
  to: 'Disabled',
  because: 'things break',
};
const change = (
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  more: Partial<ClassifiedChange> = {},
): ClassifiedChange => ({
  ref: refOf((after ?? before) as KubeObject),
  action: 'update',
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
  effect: { kind: 'none' },
  class: 'no restart',
  concerns: [],
  ...more,
});

test('a diff of every object, then what it amounts to', () => {
  const changes = [change(pool(true), pool(false), { class: 'disruptive', concerns: [concern] })];
  expect(describeVerdict({ changes, concerns: [concern], steps: [] }, plain)).toEqual([
    '# IPPool a: changed, no restart; disruptive because things break',
    '--- live/crd.projectcalico.org.v1.IPPool.a',
    '+++ wanted/crd.projectcalico.org.v1.IPPool.a',
    '@@ -4,4 +4,4 @@',
    '   name: a',
    ' spec:',
    '   cidr: 10.0.0.0/8',
    '-  natOutgoing: true',
    '+  natOutgoing: false',
    '',
    '1 object changes: no restart.',
    'Disruptive: IPPool a natOutgoing Enabled → Disabled: things break.',
  ]);
});

test('what is created and deleted stands against nothing', () => {
  const lines = describeVerdict(
    {
      changes: [
        change(undefined, pool(true), { action: 'create' }),
        change(pool(true), undefined, { action: 'delete' }),
      ],
      concerns: [],
      steps: [],
    },
    plain,
  );
  expect(lines).toEqual(
    expect.arrayContaining(['--- /dev/null', '+++ /dev/null', '+kind: IPPool', '-kind: IPPool']),
  );
});

test('no value of a Secret is shown, only that it changes', () => {
  const before = secret({ 'tls.key': 'c2VjcmV0', 'tls.crt': 'Y2VydA==' });
  const after = secret({ 'tls.key': 'b3RoZXI=', 'tls.crt': 'Y2VydA==', new: 'bmV3' });
  const verdict = { changes: [change(before, after)], concerns: [], steps: [] };
  const text = describeVerdict(verdict, plain).join('\n');
  expect(text).toContain('-  tls.key: (not shown)\n+  tls.key: (another value, not shown)');
  expect(text).toContain('+  new: (another value, not shown)');
  expect(text).toContain('   tls.crt: (not shown)');
  for (const told of [text, JSON.stringify(reportVerdict(verdict))]) {
    expect(told).not.toMatch(/c2VjcmV0|b3RoZXI=|Y2VydA==|bmV3|resourceVersion|managedFields/);
  }
});

test('the public roots are counted, not printed', () => {
  const bundle = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
  const object = (count: number): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { few: bundle, many: bundle.repeat(count) },
    }) as KubeObject;
  const { before, after } = shownSides(object(140), object(141));
  expect(before).toMatchObject({
    data: {
      few: bundle,
      many: expect.stringMatching(/^\(140 certificates, SHA-256 [0-9a-f]{16}…\)$/) as unknown,
    },
  });
  expect(after).not.toEqual(before);
});

test('status and bookkeeping are no content', () => {
  const object = { ...pool(true), status: { a: 1 } };
  const stored = {
    ...object,
    metadata: { ...object.metadata, uid: 'u', generation: 3, resourceVersion: '9' },
  };
  expect(comparable(stored)).toEqual(comparable(pool(true)));
});

test('JSON names class, effect and reasons', () => {
  const changes = [change(pool(true), pool(false), { class: 'disruptive', concerns: [concern] })];
  expect(reportVerdict({ changes, concerns: [concern], steps: [] })).toMatchObject({
    summary: ['1 object changes: no restart.', expect.stringMatching(/^Disruptive: /)],
    objects: [
      {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'IPPool',
        name: 'a',
        action: 'update',
        class: 'disruptive',
        effect: { kind: 'none' },
        because: ['things break'],
        diff: expect.stringMatching(/^--- live\//),
        before: pool(true),
        after: pool(false),
      },
    ],
    concerns: [concern],
  });
});
