/** EC2 on the loopback, for tests: knows signatures, a few security groups, and how to fail. Never imported by the program. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type AwsCredentials, signedHeaders } from './signature.ts';

/** The only keys that it knows. */
export const fakeCredentials: AwsCredentials = {
  accessKeyId: 'AKIAFAKEFAKEFAKEFAKE',
  secretAccessKey: 'fake+secret/of+nobody',
};

/** A security group of its. */
export interface FakeGroup {
  readonly id: string;
  readonly name: string;
  readonly vpc?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** As `tcp 179-179 sg-1`. */
  readonly rules: string[];
}

/** A failure that it answers with, once. */
export interface FakeFault {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  /** Of requests with this action only. */
  readonly action?: string;
}

/** A machine: its tags and its groups. */
export interface FakeMachine {
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
}

const region = 'eu-west-1';

/** The server; `close` it. */
export class FakeEc2 {
  readonly region = region;
  readonly groups: FakeGroup[] = [];
  readonly machines: FakeMachine[] = [];
  /** Taken from the front. */
  readonly faults: FakeFault[] = [];
  /** Actions that the keys may not use. */
  readonly denied = new Set<string>();
  /** Actions in the order in which they came, with the group of an authorisation. */
  readonly requests: string[] = [];
  /** Groups and machines of a page. */
  pageSize = 1000;
  /** What somebody else does between a look at a group and the next authorisation. */
  meanwhile: () => void = () => undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => response.writeHead(status).end(body));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: string }> {
    const body = await text(request);
    const parameters = new URLSearchParams(body);
    const action = parameters.get('Action') ?? '';
    this.requests.push([action, parameters.get('GroupId')].filter((part) => part !== null).join(' '));
    if (!this.#isSigned(request, body))
      return failure(403, 'AuthFailure', 'not able to validate the credentials');
    const fault = this.faults.findIndex((each) => each.action === undefined || each.action === action);
    const [failed] = fault === -1 ? [] : this.faults.splice(fault, 1);
    if (failed !== undefined) return failure(failed.status, failed.code, failed.message ?? 'made up');
    if (this.denied.has(action)) {
      const message = 'You are not authorized. Encoded authorization failure message: AAAA-BBBB';
      return failure(403, 'UnauthorizedOperation', message);
    }
    switch (action) {
      case 'DescribeSecurityGroups':
        return this.#describeGroups(parameters);
      case 'DescribeInstances':
        return this.#describeMachines(parameters);
      case 'AuthorizeSecurityGroupIngress':
        this.meanwhile();
        return this.#authorize(parameters);
      default:
        return failure(400, 'InvalidAction', action);
    }
  }

  /** Signs what came anew, with the keys that it knows. */
  #isSigned({ headers, method = '', url = '' }: IncomingMessage, body: string): boolean {
    const { authorization = '', 'x-amz-date': stamp = '' } = headers;
    const signed = (/SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '').split(';');
    const kept = signed.filter((name) => name !== 'host' && name !== 'x-amz-date');
    const request = {
      method,
      url: new URL(url, `http://${headers.host ?? ''}`),
      headers: Object.fromEntries(kept.map((name) => [name, String(headers[name])])),
      body,
    };
    const time = Date.parse(String(stamp).replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'));
    const expected = signedHeaders(request, fakeCredentials, { region, service: 'ec2' }, time);
    return signed.includes('content-type') && expected['authorization'] === authorization;
  }

  #describeGroups(parameters: URLSearchParams) {
    const ids = valuesOf(parameters, 'GroupId');
    const keys = valuesOf(parameters, 'Filter.1.Value');
    const found = this.groups.filter(({ id, tags = {} }) =>
      ids.length > 0 ? ids.includes(id) : keys.some((key) => Object.hasOwn(tags, key)),
    );
    return this.#page(parameters, 'DescribeSecurityGroups', 'securityGroupInfo', found.map(groupXml));
  }

  #describeMachines(parameters: URLSearchParams) {
    const keys = valuesOf(parameters, 'Filter.1.Value');
    const found = this.machines.filter(({ tags }) => keys.some((key) => Object.hasOwn(tags, key)));
    const reservations = found.map(
      ({ groups }) =>
        `<instancesSet><item><groupSet>${groups.map(idXml).join('')}</groupSet></item></instancesSet>`,
    );
    return this.#page(parameters, 'DescribeInstances', 'reservationSet', reservations);
  }

  #page(parameters: URLSearchParams, action: string, list: string, items: readonly string[]) {
    const from = Number(parameters.get('NextToken') ?? 0);
    const next = from + this.pageSize;
    const shown = items.slice(from, next).map((item) => `<item>${item}</item>`);
    const token = next < items.length ? `<nextToken>${next}</nextToken>` : '';
    return done(action, `<${list}>${shown.join('')}</${list}>${token}`);
  }

  #authorize(parameters: URLSearchParams) {
    const group = this.groups.find(({ id }) => id === parameters.get('GroupId'));
    const rule = (name: string): string => parameters.get(`IpPermissions.1.${name}`) ?? '';
    const ports = rule('FromPort') === '' ? '' : ` ${rule('FromPort')}-${rule('ToPort')}`;
    const text = `${rule('IpProtocol')}${ports} ${rule('Groups.1.GroupId')}`;
    if (group === undefined) return failure(400, 'InvalidGroup.NotFound', 'there is no such group');
    if (group.rules.includes(text)) return failure(400, 'InvalidPermission.Duplicate', 'it already exists');
    group.rules.push(text);
    return done('AuthorizeSecurityGroupIngress', '<return>true</return>');
  }
}

const idXml = (id: string): string => `<item><groupId>${id}</groupId></item>`;

function groupXml({ id, name, vpc = 'vpc-1', tags = {}, rules }: FakeGroup): string {
  const tagSet = Object.entries(tags).map(
    ([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`,
  );
  return [
    `<groupId>${id}</groupId><groupName>${name}</groupName><vpcId>${vpc}</vpcId>`,
    `<tagSet>${tagSet.join('')}</tagSet>`,
    `<ipPermissions>${rules.map((rule) => `<item>${ruleXml(rule)}</item>`).join('')}</ipPermissions>`,
  ].join('');
}

function ruleXml(rule: string): string {
  const [protocol = '', ...rest] = rule.split(' ');
  const source = rest.at(-1) ?? '';
  const [from, to] = rest.length === 2 ? (rest[0] ?? '').split('-') : [];
  const ports = from === undefined ? '' : `<fromPort>${from}</fromPort><toPort>${to ?? ''}</toPort>`;
  return `<ipProtocol>${protocol}</ipProtocol>${ports}<groups>${idXml(source)}</groups>`;
}

function valuesOf(parameters: URLSearchParams, name: string): readonly string[] {
  return [...parameters].flatMap(([key, value]) => (key.startsWith(`${name}.`) ? [value] : []));
}

function done(action: string, content: string) {
  return { status: 200, body: `<${action}Response xmlns="x">${content}</${action}Response>` };
}

function failure(status: number, code: string, message: string) {
  return {
    status,
    body: `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`,
  };
}
