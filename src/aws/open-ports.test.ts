import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../clock.ts';
import { createEc2, type Ec2 } from './ec2-client.ts';
import { FakeEc2, type FakeGroup, fakeCredentials } from './fake-ec2.ts';
import { missingRules, neededTraffic, NoSecurityGroupsError, openPorts } from './open-ports.ts';

let server: FakeEc2;
let ec2: Ec2;

beforeEach(async () => {
  server = new FakeEc2();
  await server.listen();
  ec2 = createEc2({
    region: server.region,
    endpoint: server.endpoint,
    credentials: fakeCredentials,
    userAgent: 'test',
    clock: { ...systemClock, sleep: () => Promise.resolve(true) },
  });
});
afterEach(async () => {
  await ec2.close();
  await server.close();
});

const cluster = { name: 'mine-x7k2p', hosted: false };
const owned = { 'kubernetes.io/cluster/mine-x7k2p': 'owned' };
const group = (id: string, name: string, tags: FakeGroup['tags'] = owned): FakeGroup => ({
  id,
  name,
  tags,
  rules: [],
});
const everything = (...sources: readonly string[]): readonly string[] =>
  sources.flatMap((id) => [`tcp 179-179 ${id}`, `4 ${id}`, `udp 4789-4789 ${id}`, `tcp 5473-5473 ${id}`]);
const rulesOf = (id: string): readonly string[] => server.groups.find((each) => each.id === id)?.rules ?? [];

test('what Calico needs between machines is what its documentation lists', () => {
  expect(neededTraffic.map(({ protocol, ports }) => `${protocol} ${ports?.from ?? ''}`.trim())).toEqual([
    'tcp 179',
    '4',
    'udp 4789',
    'tcp 5473',
  ]);
});

test.each([
  ['by older installers', 'mine-x7k2p-master-sg', 'mine-x7k2p-worker-sg', owned],
  [
    'through Cluster API',
    'mine-x7k2p-controlplane',
    'mine-x7k2p-node',
    { 'sigs.k8s.io/cluster-api-provider-aws/cluster/mine-x7k2p': 'owned' },
  ],
])(
  'control plane and workers, made %s, reach each other and themselves',
  async (_name, master, worker, tags) => {
    // Of load balancers and of another cluster: they stay as they are.
    server.groups.push(group('sg-lb', 'k8s-elb-0a1b', owned), group('sg-other', 'mine-x7k2p-lb', tags));
    server.groups.push(group('sg-foreign', master, { 'kubernetes.io/cluster/other': 'owned' }));
    server.groups.push(group('sg-m', master, tags), group('sg-w', worker, tags));
    const { groups, opened } = await openPorts(ec2, cluster);
    expect(groups.map(({ id }) => id)).toEqual(['sg-m', 'sg-w']);
    expect(opened).toHaveLength(16);
    expect(rulesOf('sg-m')).toEqual(everything('sg-m', 'sg-w'));
    expect(rulesOf('sg-w')).toEqual(everything('sg-m', 'sg-w'));
    expect([...rulesOf('sg-lb'), ...rulesOf('sg-other'), ...rulesOf('sg-foreign')]).toEqual([]);
    // Which machines there are need not be known.
    expect(server.requests).not.toContain('DescribeInstances');

    server.requests.length = 0;
    expect((await openPorts(ec2, cluster)).opened).toEqual([]);
    expect(server.requests).toEqual(['DescribeSecurityGroups']);
  },
);

test('names that Terraform made up are told by the tag Name', async () => {
  const named = (id: string, Name: string) => group(id, `terraform-${id}`, { ...owned, Name });
  server.groups.push(named('sg-m', 'mine-x7k2p-master-sg'), named('sg-w', 'mine-x7k2p-worker-sg'));
  await openPorts(ec2, cluster);
  expect(rulesOf('sg-w')).toEqual(everything('sg-m', 'sg-w'));
});

test('a hosted control plane is elsewhere: workers have one group', async () => {
  server.groups.push(group('sg-d', 'mine-x7k2p-default-sg'), group('sg-v', 'mine-x7k2p-vpce-private-router'));
  const { groups } = await openPorts(ec2, { ...cluster, hosted: true });
  expect(groups.map(({ id }) => id)).toEqual(['sg-d']);
  expect(rulesOf('sg-d')).toEqual(everything('sg-d'));
  expect(rulesOf('sg-v')).toEqual([]);
});

describe('groups with names of somebody’s own', () => {
  test('are those of the machines: the cluster’s, or all where none is', async () => {
    server.groups.push(
      group('sg-a', 'a'),
      group('sg-b', 'b', {}),
      group('sg-c', 'c', {}),
      group('sg-lb', 'lb'),
    );
    server.machines.push(
      { tags: owned, groups: ['sg-a', 'sg-c'] },
      { tags: owned, groups: ['sg-b'] },
      { tags: {}, groups: ['sg-c'] },
    );
    const { groups } = await openPorts(ec2, cluster);
    expect(groups.map(({ id }) => id)).toEqual(['sg-a', 'sg-b']);
    expect(rulesOf('sg-b')).toEqual(everything('sg-a', 'sg-b'));
    expect([...rulesOf('sg-c'), ...rulesOf('sg-lb')]).toEqual([]);
  });

  test('are added to the one that has its usual name', async () => {
    server.groups.push(group('sg-m', 'mine-x7k2p-master-sg'), group('sg-b', 'b', {}));
    server.machines.push({ tags: owned, groups: ['sg-m', 'sg-b'] }, { tags: owned, groups: ['sg-b'] });
    expect((await openPorts(ec2, cluster)).groups.map(({ id }) => id)).toEqual(['sg-m', 'sg-b']);
  });

  test('are not to be found without a machine: it is said by which tags they were looked for', async () => {
    const failure = openPorts(ec2, cluster);
    await expect(failure).rejects.toThrow(NoSecurityGroupsError);
    await expect(failure).rejects.toThrow('kubernetes.io/cluster/mine-x7k2p');
  });
});

test('what is let in already is left alone, exactly or as a part of more', () => {
  const open = (id: string, rules: readonly (readonly [string, number?, number?])[]) => ({
    id,
    name: id,
    vpc: 'vpc-1',
    tags: {},
    ingress: rules.map(([protocol, from, to]) => ({
      protocol,
      from: [id],
      ...(from === undefined || to === undefined ? {} : { ports: { from, to } }),
    })),
  });
  const missing = (rules: Parameters<typeof open>[1]) =>
    missingRules([open('sg', rules)]).map(({ traffic }) => traffic.purpose);
  expect(missing([])).toEqual(['BGP', 'IP in IP', 'VXLAN', 'Typha']);
  expect(missing([['tcp', 179, 179]])).toEqual(['IP in IP', 'VXLAN', 'Typha']);
  expect(missing([['tcp', 0, 65_535]])).toEqual(['IP in IP', 'VXLAN']);
  expect(missing([['tcp', 180, 5472]])).toEqual(['BGP', 'IP in IP', 'VXLAN', 'Typha']);
  expect(missing([['udp', 179, 179]])).toEqual(['BGP', 'IP in IP', 'VXLAN', 'Typha']);
  expect(missing([['4']])).toEqual(['BGP', 'VXLAN', 'Typha']);
  expect(missing([['-1']])).toEqual([]);
});

test('groups of different networks cannot name each other', () => {
  const bare = (id: string, vpc: string) => ({ id, name: id, vpc, tags: {}, ingress: [] });
  const pairs = missingRules([bare('sg-1', 'vpc-1'), bare('sg-2', 'vpc-2')]).map(
    ({ group: { id }, source }) => `${id} ${source.id}`,
  );
  expect([...new Set(pairs)]).toEqual(['sg-1 sg-1', 'sg-2 sg-2']);
});

describe('trouble on the way', () => {
  beforeEach(() => {
    server.groups.push(group('sg-m', 'mine-x7k2p-master-sg'), group('sg-w', 'mine-x7k2p-worker-sg'));
  });

  test('somebody else who opens the same at the same time does no harm', async () => {
    server.meanwhile = () => {
      const all = server.groups.find(({ id }) => id === 'sg-w');
      if (all?.rules.length === 0) all.rules.push(...everything('sg-w'));
    };
    const { opened } = await openPorts(ec2, cluster);
    expect(opened).toHaveLength(12);
    expect([...rulesOf('sg-w')].sort()).toEqual([...everything('sg-m', 'sg-w')].sort());
  });

  test('throttling costs time and nothing else', async () => {
    for (let i = 0; i < 30; i += 5) {
      server.faults.push({
        status: 503,
        code: 'RequestLimitExceeded',
        action: 'AuthorizeSecurityGroupIngress',
      });
    }
    await openPorts(ec2, cluster);
    expect(rulesOf('sg-m')).toEqual(everything('sg-m', 'sg-w'));
  });

  test('what was opened before a failure stays, and the next attempt does the rest', async () => {
    server.faults.push({ status: 400, code: 'Wrong', action: 'AuthorizeSecurityGroupIngress' });
    await expect(openPorts(ec2, cluster)).rejects.toThrow('Wrong');
    server.denied.add('AuthorizeSecurityGroupIngress');
    await expect(openPorts(ec2, cluster)).rejects.toMatchObject({ code: 'UnauthorizedOperation' });
    server.denied.clear();
    await openPorts(ec2, cluster);
    expect(rulesOf('sg-w')).toEqual(everything('sg-m', 'sg-w'));
  });
});
