import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeEc2, fakeCredentials } from '../aws/fake-ec2.ts';
import { systemClock } from '../clock.ts';
import { runAwsSecurityGroups } from './aws-security-groups.ts';
import { kubeconfigFor, testConsole } from './testing.ts';

const directory = mkdtempSync(join(tmpdir(), 'calico-operator-aws-'));
const kubeconfig = join(directory, 'kubeconfig');
const secretPath = '/api/v1/namespaces/kube-system/secrets/aws-creds';
const infrastructurePath = '/apis/config.openshift.io/v1/infrastructures/cluster';
/** What the API server has, by path; a number is the status of a failure. */
let objects: Record<string, object | number>;
let asked: string[];
let ec2: FakeEc2;

const apiServer = createServer((request, response) => {
  const path = request.url ?? '';
  asked.push(`${request.method ?? ''} ${path}`);
  const found = objects[path] ?? 404;
  const code = typeof found === 'number' ? found : 200;
  const failure = { kind: 'Status', code, reason: code === 403 ? 'Forbidden' : 'NotFound', message: 'no' };
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(typeof found === 'number' ? failure : found));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => apiServer.listen(0, '127.0.0.1', resolve));
  writeFileSync(kubeconfig, kubeconfigFor((apiServer.address() as AddressInfo).port));
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  apiServer.closeAllConnections();
  await new Promise((resolve) => apiServer.close(resolve));
});

const owned = { 'kubernetes.io/cluster/mine': 'owned' };
const secret = (data: Readonly<Record<string, string>>) => ({
  kind: 'Secret',
  metadata: { name: 'aws-creds' },
  data: Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  ),
});
const keys = {
  aws_access_key_id: fakeCredentials.accessKeyId,
  aws_secret_access_key: `${fakeCredentials.secretAccessKey}\n`,
};
const infrastructure = (status: object = {}) => ({
  kind: 'Infrastructure',
  metadata: { name: 'cluster' },
  status: {
    infrastructureName: 'mine',
    platformStatus: {
      type: 'AWS',
      aws: { region: ec2.region, serviceEndpoints: [{ name: 'ec2', url: ec2.endpoint }] },
    },
    ...status,
  },
});

beforeEach(async () => {
  ec2 = new FakeEc2();
  await ec2.listen();
  ec2.groups.push(
    { id: 'sg-m', name: 'mine-master-sg', tags: owned, rules: [] },
    { id: 'sg-w', name: 'mine-worker-sg', tags: owned, rules: [] },
    { id: 'sg-d', name: 'mine-default-sg', tags: owned, rules: [] },
  );
  asked = [];
  objects = { [secretPath]: secret(keys), [infrastructurePath]: infrastructure() };
});
afterEach(() => ec2.close());

const given = (): readonly string[] => [
  '--cluster',
  'mine',
  '--region',
  ec2.region,
  '--endpoint',
  ec2.endpoint,
];

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const clock = { ...systemClock, sleep: () => Promise.resolve(true) };
  const console = { ...testConsole('', { clock }), environment };
  const code = await runAwsSecurityGroups([...args, '--kubeconfig', kubeconfig], console);
  const said = `${console.output()}\n${console.errors().join('\n')}`;
  for (const hidden of [fakeCredentials.secretAccessKey, fakeCredentials.accessKeyId]) {
    expect(said).not.toContain(hidden);
    expect(said).not.toContain(Buffer.from(hidden).toString('base64'));
  }
  return { code, output: console.output(), last: console.errors().at(-1) ?? '' };
}

test('opens what is closed, says what, and reads nothing but the keys where the place is given', async () => {
  const first = await run(given());
  expect(first).toMatchObject({ code: 0, last: '' });
  expect(first.output).toContain('BGP from sg-w is let into sg-m\n');
  expect(first.output).toContain(
    '16 rules added; security groups of the machines: sg-m (mine-master-sg), sg-w (mine-worker-sg)\n',
  );
  expect(asked).toEqual([`GET ${secretPath}`]);
  expect((await run(given())).output).toMatch(/^0 rules added/);
});

test('OpenShift says the place where it is not given', async () => {
  expect(await run([])).toMatchObject({ code: 0 });
  expect(ec2.groups[0]?.rules).toHaveLength(8);
});

test.each<[string, readonly string[], Readonly<Record<string, string>>, object]>([
  ['by a flag', ['--hosted'], {}, {}],
  ['by the variable that the reference has for it', [], { HOSTED_OPENSHIFT: 'true' }, {}],
  ['by OpenShift', [], {}, { controlPlaneTopology: 'External' }],
])('a hosted control plane is told %s', async (_name, args, environment, status) => {
  objects[infrastructurePath] = infrastructure(status);
  expect((await run(args, environment)).output).toContain('4 rules added');
  expect(ec2.groups.map(({ rules }) => rules.length)).toEqual([0, 0, 4]);
});

describe('a failure is told in the last line, with what to do', () => {
  test.each<[string, () => void, RegExp]>([
    [
      'no Secret',
      () => (objects[secretPath] = 404),
      /^Secret kube-system\/aws-creds does not exist: put keys of a user/,
    ],
    [
      'a Secret that may not be read',
      () => (objects[secretPath] = 403),
      /^Secret kube-system\/aws-creds may not be read: /,
    ],
    [
      'a Secret for another way to get keys',
      () => (objects[secretPath] = secret({ credentials: 'role_arn = x' })),
      /^Secret kube-system\/aws-creds has no aws_access_key_id and aws_secret_access_key: put keys/,
    ],
    [
      'keys that are not valid',
      () => (objects[secretPath] = secret({ ...keys, aws_access_key_id: 'AKIAOTHER' })),
      /AuthFailure: .*\. Put valid keys into Secret kube-system\/aws-creds/,
    ],
    [
      'keys that may look, and no more',
      () => ec2.denied.add('AuthorizeSecurityGroupIngress'),
      /^AuthorizeSecurityGroupIngress: UnauthorizedOperation: You are not authorized\. Allow ec2:AuthorizeSecurityGroupIngress to the user whose keys are in Secret kube-system\/aws-creds$/,
    ],
    [
      'nothing of the cluster',
      () => (ec2.groups.length = 0),
      /^no machine and no security group has the tag kubernetes\.io\/cluster\/mine or .*\. Check --cluster and --region/,
    ],
    [
      'a failure that nobody foresaw',
      () => ec2.faults.push({ status: 400, code: 'Odd', message: 'Whatever' }),
      /^DescribeSecurityGroups: Odd: Whatever$/,
    ],
  ])('%s', async (_name, arrange, message) => {
    arrange();
    const { code, last } = await run(given());
    expect(code).toBe(1);
    expect(last).toMatch(message);
  });

  test('a cluster that is not on AWS', async () => {
    objects[infrastructurePath] = infrastructure({ platformStatus: { type: 'Azure' } });
    expect((await run([])).last).toContain('does not say where in AWS this is: give --cluster and --region');
    objects[infrastructurePath] = 404;
    expect((await run([])).code).toBe(1);
  });
});

test('wrong flags and help', async () => {
  expect(await run(['--regoin', 'x'])).toMatchObject({ code: 2 });
  expect((await run(['--help'])).output).toContain('TCP 179 (BGP)');
});
