/** Asks EC2: the only place of the program that calls anybody but the API server. */
import { EnvHttpProxyAgent } from 'undici';
import type { Clock } from '../clock.ts';
import {
  ec2Version,
  groupsOfMachinesIn,
  numbered,
  type Page,
  type Parameters,
  permission,
  readAnswer,
  type SecurityGroup,
  securityGroupsIn,
  type Traffic,
  withTags,
} from './ec2.ts';
import { AwsUnreachableError, isDuplicate, isPassing } from './errors.ts';
import { type AwsCredentials, signedHeaders } from './signature.ts';
import type { XmlElement } from './xml.ts';

/** Where requests go, and who asks. */
export interface Ec2Options {
  /** As `eu-west-1`. */
  readonly region: string;
  /** Absent: that of the region. */
  readonly endpoint?: string;
  readonly credentials: AwsCredentials;
  readonly userAgent: string;
  /** Absent: called directly. */
  readonly proxy?: Proxy;
  readonly clock: Clock;
  /** Told of every attempt that is repeated. */
  readonly onRetry?: (error: Error, delay: number) => void;
}

/** The usual variables of proxies; empty is none. */
export interface Proxy {
  readonly http: string;
  readonly https: string;
  /** Hosts that are called directly, with commas between. */
  readonly none: string;
}

/** What is asked of EC2. Failures throw `AwsError` or `AwsUnreachableError`, after what passes by itself had its time. */
export interface Ec2 {
  /** Security groups that have one of these tags. */
  taggedGroups(tagKeys: readonly string[]): Promise<readonly SecurityGroup[]>;
  /** Security groups by their ids. */
  groups(ids: readonly string[]): Promise<readonly SecurityGroup[]>;
  /** For each machine that has one of these tags, the ids of its security groups. */
  groupsOfMachines(tagKeys: readonly string[]): Promise<readonly (readonly string[])[]>;
  /** Lets traffic from a group into another. `there`: it was let in before. */
  allow(group: string, traffic: Traffic, source: string, description: string): Promise<'opened' | 'there'>;
  close(): Promise<void>;
}

/** Attempts of one request, and the ceiling of the wait before the second one; it doubles. Milliseconds, with full jitter. */
const attempts = 8;
const firstWait = 500;
const longestWait = 20_000;

/** Milliseconds to connect, and of silence. */
const patience = 20_000;

/** The address of EC2 in a region. */
export function ec2Endpoint(region: string): string {
  return `https://ec2.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** A client. */
export function createEc2(options: Ec2Options): Ec2 {
  const { http = '', https = '', none = '' } = options.proxy ?? {};
  const agent = new EnvHttpProxyAgent({
    httpProxy: http,
    httpsProxy: https,
    noProxy: none,
    connect: { timeout: patience },
    headersTimeout: patience,
    bodyTimeout: patience,
  });
  const url = new URL(options.endpoint ?? ec2Endpoint(options.region));
  const { origin } = url;

  const attempt = async (action: string, parameters: Parameters): Promise<XmlElement> => {
    const body = new URLSearchParams({ Action: action, Version: ec2Version, ...parameters }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'user-agent': options.userAgent,
    };
    const unsigned = { method: 'POST', url, headers, body } as const;
    const scope = { region: options.region, service: 'ec2' };
    const signed = signedHeaders(unsigned, options.credentials, scope, options.clock.now());
    const answer = await answerOf(async () => {
      const response = await agent.request({
        origin,
        path: url.pathname,
        method: 'POST',
        headers: signed,
        body,
      });
      return { status: response.statusCode, text: await response.body.text() };
    }, url);
    return readAnswer(action, answer.status, answer.text);
  };
  const ask = (action: string, parameters: Parameters): Promise<XmlElement> =>
    withRetries(() => attempt(action, parameters), options);

  return {
    taggedGroups: (keys) =>
      allPages((next) => ask('DescribeSecurityGroups', { ...withTags(keys), ...next }), securityGroupsIn),
    groups: async (ids) =>
      ids.length === 0
        ? []
        : securityGroupsIn(await ask('DescribeSecurityGroups', numbered('GroupId', ids))).items,
    groupsOfMachines: (keys) =>
      allPages((next) => ask('DescribeInstances', { ...withTags(keys), ...next }), groupsOfMachinesIn),
    allow: async (group, traffic, source, description) => {
      try {
        const rule = permission(traffic, source, description);
        await ask('AuthorizeSecurityGroupIngress', { GroupId: group, ...rule });
        return 'opened';
      } catch (error) {
        if (isDuplicate(error)) return 'there';
        throw error;
      }
    },
    close: () => agent.close(),
  };
}

async function answerOf<Answer>(send: () => Promise<Answer>, { host }: URL): Promise<Answer> {
  try {
    return await send();
  } catch (error) {
    throw new AwsUnreachableError(host, error);
  }
}

async function withRetries<Answer>(
  send: () => Promise<Answer>,
  { clock, onRetry }: Ec2Options,
): Promise<Answer> {
  for (let failures = 1; ; failures++) {
    try {
      return await send();
    } catch (error) {
      if (failures === attempts || !isPassing(error)) throw error;
      const delay = clock.random() * Math.min(longestWait, firstWait * 2 ** failures);
      if (error instanceof Error) onRetry?.(error, delay);
      await clock.sleep(delay);
    }
  }
}

async function allPages<Item>(
  ask: (next: Parameters) => Promise<XmlElement>,
  read: (answer: XmlElement) => Page<Item>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let next: Parameters = {}; ; ) {
    const { items, next: token } = read(await ask({ MaxResults: '1000', ...next }));
    found.push(...items);
    if (token === undefined) return found;
    next = { NextToken: token };
  }
}
