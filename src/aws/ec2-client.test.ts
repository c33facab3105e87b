import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../clock.ts';
import { createEc2, type Ec2, ec2Endpoint, type Ec2Options } from './ec2-client.ts';
import { AwsError, AwsUnreachableError } from './errors.ts';
import { FakeEc2, fakeCredentials } from './fake-ec2.ts';

let server: FakeEc2;
let ec2: Ec2;
/** Waits take no time, and are written down. */
let waits: number[];

const clientOf = (changes: Partial<Ec2Options> = {}): Ec2 =>
  createEc2({
    region: server.region,
    endpoint: server.endpoint,
    credentials: fakeCredentials,
    userAgent: 'test',
    clock: {
      ...systemClock,
      random: () => 1,
      sleep: (delay) => {
        waits.push(delay);
        return Promise.resolve(true);
      },
    },
    ...changes,
  });

beforeEach(async () => {
  waits = [];
  server = new FakeEc2();
  await server.listen();
  ec2 = clientOf();
});
afterEach(async () => {
  await ec2.close();
  await server.close();
});

const tag = 'kubernetes.io/cluster/mine';
const bgp = { protocol: 'tcp', ports: { from: 179, to: 179 } };

test('groups are found by their tags, page by page, with what they let in', async () => {
  server.groups.push(
    { id: 'sg-1', name: 'one', tags: { [tag]: 'owned' }, rules: ['tcp 179-179 sg-2', '4 sg-1'] },
    { id: 'sg-2', name: 'two', vpc: 'vpc-2', tags: { [tag]: 'shared', Name: 'b' }, rules: [] },
    { id: 'sg-3', name: 'other', rules: [] },
  );
  server.pageSize = 1;
  expect(await ec2.taggedGroups([tag, 'another'])).toEqual([
    {
      id: 'sg-1',
      name: 'one',
      vpc: 'vpc-1',
      tags: { [tag]: 'owned' },
      ingress: [
        { ...bgp, from: ['sg-2'] },
        { protocol: '4', from: ['sg-1'] },
      ],
    },
    { id: 'sg-2', name: 'two', vpc: 'vpc-2', tags: { [tag]: 'shared', Name: 'b' }, ingress: [] },
  ]);
  expect(server.requests).toHaveLength(2);
  expect((await ec2.groups(['sg-3'])).map(({ name }) => name)).toEqual(['other']);
  expect(await ec2.groups([])).toEqual([]);
});

test('groups of machines are found by tags of the machines', async () => {
  server.machines.push(
    { tags: { [tag]: 'owned' }, groups: ['sg-1', 'sg-2'] },
    { tags: {}, groups: ['sg-3'] },
  );
  expect(await ec2.groupsOfMachines([tag])).toEqual([['sg-1', 'sg-2']]);
});

test('traffic is let in once, and again is no failure', async () => {
  server.groups.push({ id: 'sg-1', name: 'one', rules: [] });
  expect(await ec2.allow('sg-1', bgp, 'sg-2', 'Calico: BGP')).toBe('opened');
  expect(await ec2.allow('sg-1', bgp, 'sg-2', 'Calico: BGP')).toBe('there');
  expect(await ec2.allow('sg-1', { protocol: '4' }, 'sg-2', 'Calico: IP in IP')).toBe('opened');
  expect(server.groups[0]?.rules).toEqual(['tcp 179-179 sg-2', '4 sg-2']);
});

describe('what passes by itself', () => {
  test.each([
    ['a throttled request', 503, 'RequestLimitExceeded'],
    ['a throttled request of another kind', 400, 'Throttling'],
    ['a failure of AWS', 500, 'InternalError'],
    ['a gateway without an answer of EC2', 502, ''],
  ])('is asked again, ever later: %s', async (_name, status, code) => {
    server.faults.push({ status, code }, { status, code }, { status, code });
    await expect(ec2.taggedGroups([tag])).resolves.toEqual([]);
    expect(waits).toEqual([1000, 2000, 4000]);
  });

  test('is given up in the end, with what was last said', async () => {
    const told: string[] = [];
    await ec2.close();
    ec2 = clientOf({ onRetry: ({ message }) => void told.push(message) });
    for (let i = 0; i < 20; i++) server.faults.push({ status: 503, code: 'RequestLimitExceeded' });
    await expect(ec2.taggedGroups([tag])).rejects.toThrow(
      'DescribeSecurityGroups: RequestLimitExceeded: made up',
    );
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
    expect(told).toHaveLength(7);
  });

  test('an address that nobody listens at is named', async () => {
    const { endpoint } = server;
    await server.close();
    await expect(ec2.taggedGroups([tag])).rejects.toThrow(AwsUnreachableError);
    await expect(ec2.taggedGroups([tag])).rejects.toThrow(`no answer of ${new URL(endpoint).host}: `);
    expect(waits).toHaveLength(14);
    await server.listen();
  });
});

describe('what does not pass', () => {
  test('a denial is told at once, without the details that nobody can read', async () => {
    server.denied.add('DescribeSecurityGroups');
    const failure = await ec2.taggedGroups([tag]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AwsError);
    expect(failure).toMatchObject({
      message: 'DescribeSecurityGroups: UnauthorizedOperation: You are not authorized.',
      action: 'DescribeSecurityGroups',
      code: 'UnauthorizedOperation',
    });
    expect(waits).toEqual([]);
  });

  test('wrong keys are not accepted', async () => {
    await ec2.close();
    ec2 = clientOf({ credentials: { ...fakeCredentials, secretAccessKey: 'another' } });
    await expect(ec2.taggedGroups([tag])).rejects.toMatchObject({ code: 'AuthFailure' });
  });

  test('an answer that is none of EC2 is no success', async () => {
    const other = createServer((_request, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    await ec2.close();
    ec2 = clientOf({ endpoint: `http://127.0.0.1:${(other.address() as AddressInfo).port}` });
    await expect(ec2.taggedGroups([tag])).rejects.toThrow('the answer 200 is none of EC2');
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });
});

test('requests go through a proxy, but not to hosts that are called directly', async () => {
  const seen: string[] = [];
  const proxy = createServer((_request, response) => response.writeHead(400).end());
  proxy.on('connect', (request, socket) => {
    seen.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const http = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await ec2.close();
  ec2 = clientOf({ proxy: { http, https: http, none: '127.0.0.1' } });
  await expect(ec2.taggedGroups([tag])).resolves.toEqual([]);
  await ec2.close();
  ec2 = clientOf({ endpoint: 'https://ec2.invalid', proxy: { http, https: http, none: '' } });
  await expect(ec2.taggedGroups([tag])).rejects.toThrow(AwsUnreachableError);
  expect(seen).toContain('ec2.invalid:443');
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
});

test('each region has an address, and China its own', () => {
  expect(ec2Endpoint('eu-west-1')).toBe('https://ec2.eu-west-1.amazonaws.com');
  expect(ec2Endpoint('us-gov-west-1')).toBe('https://ec2.us-gov-west-1.amazonaws.com');
  expect(ec2Endpoint('cn-north-1')).toBe('https://ec2.cn-north-1.amazonaws.com.cn');
});
