/** Lets the machines of an OpenShift cluster on AWS reach each other as Calico needs it. */
import type { SecurityGroup, Traffic } from './ec2.ts';
import type { Ec2 } from './ec2-client.ts';

/** Traffic that Calico needs between machines, with what it is for. */
export interface NeededTraffic extends Traffic {
  readonly purpose: string;
}

const port = (number: number): Traffic['ports'] & {} => ({ from: number, to: number });

/**
 * From the network requirements of Calico's documentation, whatever the Installation uses now: another encapsulation is
 * then no matter of the firewall. WireGuard is not there, which only some users switch on.
 */
export const neededTraffic: readonly NeededTraffic[] = [
  { protocol: 'tcp', ports: port(179), purpose: 'BGP' },
  { protocol: '4', purpose: 'IP in IP' },
  { protocol: 'udp', ports: port(4789), purpose: 'VXLAN' },
  { protocol: 'tcp', ports: port(5473), purpose: 'Typha' },
];

/** A cluster as OpenShift names it in AWS. */
export interface AwsCluster {
  /** `status.infrastructureName` of Infrastructure `cluster`. */
  readonly name: string;
  /** The control plane runs elsewhere: there are only workers here. */
  readonly hosted: boolean;
}

/** Tags of what belongs to a cluster: by Kubernetes, and by the installer that goes through Cluster API. */
export function clusterTags({ name }: Pick<AwsCluster, 'name'>): readonly string[] {
  return [`kubernetes.io/cluster/${name}`, `sigs.k8s.io/cluster-api-provider-aws/cluster/${name}`];
}

/** How installers call the security groups of machines: of each kind of machine, one name of several. */
function groupNames({ name, hosted }: AwsCluster): readonly (readonly string[])[] {
  return hosted
    ? [[`${name}-default-sg`]]
    : [
        [`${name}-master-sg`, `${name}-controlplane`],
        [`${name}-worker-sg`, `${name}-node`],
      ];
}

/** There is nothing of the cluster in this region, or in sight of these keys. */
export class NoSecurityGroupsError extends Error {
  override readonly name = 'NoSecurityGroupsError';
}

/**
 * The security groups of the cluster's machines. By their names if all are there, so that those of machines to come count,
 * too; else also those of the machines that there are. Throws `NoSecurityGroupsError`.
 */
export async function findGroups(ec2: Ec2, cluster: AwsCluster): Promise<readonly SecurityGroup[]> {
  const tagged = await ec2.taggedGroups(clusterTags(cluster));
  const wanted = groupNames(cluster);
  const named = tagged.filter((group) => wanted.flat().some((name) => isNamed(group, name)));
  const isComplete = wanted.every((names) =>
    named.some((group) => names.some((name) => isNamed(group, name))),
  );
  if (isComplete) return named;
  const ids = new Set(named.map(({ id }) => id));
  const owned = new Set(tagged.map(({ id }) => id));
  for (const attached of await ec2.groupsOfMachines(clusterTags(cluster))) {
    for (const id of groupsToUse(attached, ids, owned)) ids.add(id);
  }
  const known = tagged.filter(({ id }) => ids.has(id));
  const groups = [...known, ...(await ec2.groups([...ids].filter((id) => !owned.has(id))))];
  if (groups.length > 0) return groups;
  throw new NoSecurityGroupsError(
    `no machine and no security group has the tag ${clusterTags(cluster).join(' or ')}`,
  );
}

/** Of those that a machine has: one that is found already will do, else those of the cluster, else all. */
function groupsToUse(
  attached: readonly string[],
  found: ReadonlySet<string>,
  owned: ReadonlySet<string>,
): readonly string[] {
  if (attached.some((id) => found.has(id))) return [];
  const ofCluster = attached.filter((id) => owned.has(id));
  return ofCluster.length > 0 ? ofCluster : attached;
}

/** Older installers make up the group's own name, and tag it. */
function isNamed({ name, tags }: SecurityGroup, wanted: string): boolean {
  return name === wanted || tags['Name'] === wanted;
}

/** A rule that is missing. */
export interface MissingRule {
  readonly group: SecurityGroup;
  readonly source: SecurityGroup;
  readonly traffic: NeededTraffic;
}

/** What each group does not let in yet from each, itself included. Groups of different networks have nothing to do with each other. */
export function missingRules(groups: readonly SecurityGroup[]): readonly MissingRule[] {
  return groups.flatMap((group) =>
    groups
      .filter(({ vpc }) => vpc === group.vpc)
      .flatMap((source) =>
        neededTraffic
          .filter((traffic) => !letsIn(group, source, traffic))
          .map((traffic) => ({ group, source, traffic })),
      ),
  );
}

function letsIn({ ingress }: SecurityGroup, source: SecurityGroup, wanted: Traffic): boolean {
  return ingress.some(({ protocol, ports, from }) => {
    if (!from.includes(source.id)) return false;
    if (protocol === '-1') return true;
    if (protocol !== wanted.protocol) return false;
    if (wanted.ports === undefined) return true;
    return ports !== undefined && ports.from <= wanted.ports.from && ports.to >= wanted.ports.to;
  });
}

/** What has been done. */
export interface OpenedPorts {
  readonly groups: readonly SecurityGroup[];
  readonly opened: readonly MissingRule[];
}

/**
 * Opens what is closed. Does nothing that was done before, by whomever; safe to be repeated, and beside others.
 * @param onOpened told of each rule that was added
 */
export async function openPorts(
  ec2: Ec2,
  cluster: AwsCluster,
  onOpened: (rule: MissingRule) => void = () => undefined,
): Promise<OpenedPorts> {
  const groups = await findGroups(ec2, cluster);
  const opened: MissingRule[] = [];
  for (const rule of missingRules(groups)) {
    const { group, source, traffic } = rule;
    const result = await ec2.allow(group.id, traffic, source.id, `Calico: ${traffic.purpose}`);
    if (result === 'there') continue;
    opened.push(rule);
    onOpened(rule);
  }
  return { groups, opened };
}
