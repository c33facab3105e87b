/** The few words of the EC2 Query API that are needed: how they are asked, and what is answered. Pure. */
import { AwsError } from './errors.ts';
import { itemsIn, parseXml, textIn, type XmlElement, XmlError } from './xml.ts';

/** Version of the API. */
export const ec2Version = '2016-11-15';

/** Parameters of a request, in the order in which they are sent. */
export type Parameters = Readonly<Record<string, string>>;

/** Traffic of one kind. */
export interface Traffic {
  /** `tcp`, `udp`, the number of a protocol, or `-1` for all. */
  readonly protocol: string;
  /** Only of `tcp` and `udp`. */
  readonly ports?: { readonly from: number; readonly to: number };
}

/** Traffic that a security group lets in from others. */
export interface IngressRule extends Traffic {
  /** Ids of security groups. */
  readonly from: readonly string[];
}

/** A security group, as far as it matters. */
export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly ingress: readonly IngressRule[];
}

/** A page of an answer. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Asks for the next page; undefined on the last. */
  readonly next?: string;
}

/** Every object that has one of these tags. */
export function withTags(keys: readonly string[]): Parameters {
  return { 'Filter.1.Name': 'tag-key', ...numbered('Filter.1.Value', keys) };
}

/** Names of parameters with numbers from 1. */
export function numbered(name: string, values: readonly string[]): Parameters {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));
}

/** Traffic from one security group, as AuthorizeSecurityGroupIngress wants it. */
export function permission({ protocol, ports }: Traffic, source: string, description: string): Parameters {
  const rule = 'IpPermissions.1';
  return {
    [`${rule}.IpProtocol`]: protocol,
    ...(ports === undefined
      ? {}
      : { [`${rule}.FromPort`]: String(ports.from), [`${rule}.ToPort`]: String(ports.to) }),
    [`${rule}.Groups.1.GroupId`]: source,
    [`${rule}.Groups.1.Description`]: description,
  };
}

/** The security groups of an answer to DescribeSecurityGroups. */
export function securityGroupsIn(answer: XmlElement): Page<SecurityGroup> {
  const items = itemsIn(answer, 'securityGroupInfo').map((item) => ({
    id: textIn(item, 'groupId'),
    name: textIn(item, 'groupName'),
    vpc: textIn(item, 'vpcId'),
    tags: Object.fromEntries(
      itemsIn(item, 'tagSet').map((tag) => [textIn(tag, 'key'), textIn(tag, 'value')]),
    ),
    ingress: itemsIn(item, 'ipPermissions').map(ruleIn),
  }));
  return page(items, answer);
}

function ruleIn(item: XmlElement): IngressRule {
  const [from, to] = [textIn(item, 'fromPort'), textIn(item, 'toPort')];
  return {
    protocol: textIn(item, 'ipProtocol'),
    ...(from === '' || to === '' ? {} : { ports: { from: Number(from), to: Number(to) } }),
    from: itemsIn(item, 'groups').map((group) => textIn(group, 'groupId')),
  };
}

/** For each machine of an answer to DescribeInstances, the ids of its security groups. */
export function groupsOfMachinesIn(answer: XmlElement): Page<readonly string[]> {
  const machines = itemsIn(answer, 'reservationSet').flatMap((reservation) =>
    itemsIn(reservation, 'instancesSet'),
  );
  const items = machines.map((machine) => {
    const holders = [machine, ...itemsIn(machine, 'networkInterfaceSet')];
    const ids = holders.flatMap((holder) =>
      itemsIn(holder, 'groupSet').map((group) => textIn(group, 'groupId')),
    );
    return [...new Set(ids)].filter((id) => id !== '');
  });
  return page(items, answer);
}

function page<Item>(items: readonly Item[], answer: XmlElement): Page<Item> {
  const next = textIn(answer, 'nextToken');
  return { items, ...(next === '' ? {} : { next }) };
}

/** The answer's root element. Throws `AwsError` for what is a failure, or no answer of EC2. */
export function readAnswer(action: string, status: number, body: string): XmlElement {
  let answer: XmlElement | undefined;
  try {
    answer = parseXml(body);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
  }
  if (status === 200 && answer?.name === `${action}Response`) return answer;
  const error = answer?.children
    .flatMap(({ name, children }) => (name === 'Errors' ? children : []))
    .find(({ name }) => name === 'Error');
  const code = textIn(error, 'Code');
  const words =
    error === undefined ? `the answer ${status} is none of EC2` : reasonIn(textIn(error, 'Message'));
  throw new AwsError(`${action}: ${code === '' ? '' : `${code}: `}${words}`, { action, code, status });
}

/** Without the encoded details of a denial, which are long and which nobody can read. */
function reasonIn(message: string): string {
  return message.replace(/\s*Encoded authorization failure message:.*$/s, '').trim();
}
