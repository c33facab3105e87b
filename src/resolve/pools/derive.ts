/** Which pools there shall be: those that the user lists, else those remembered, else what the cluster suggests. */
import type { InstallationSpec, IPPoolSpec } from '../../api/installation.ts';
import type { Refusal } from '../../api/refusal.ts';
import { type Cidr, canonicalCidr } from '../cidr.ts';
import { type Findings, noFindings } from '../findings.ts';
import type { DefaultsRecord } from '../record.ts';
import type { ClusterFacts, EffectiveSpec, Provider } from '../types.ts';
import type { ExistingPool } from './existing.ts';
import { parseNetworks, type PodNetworks, readKubeadmPodNetworks } from './kubeadm.ts';

/** The list that the operator keeps, before defaults of its entries; or that it keeps none. */
export interface PoolList {
  readonly source: 'user' | 'recorded' | 'cluster' | 'elsewhere' | 'none';
  readonly entries: readonly IPPoolSpec[];
  /** The platform's pod networks, for comparison with pools of the user. */
  readonly podNetworks: readonly Cidr[];
  readonly findings: Findings;
}

/** What the list depends on. */
export interface PoolSources {
  readonly user: InstallationSpec;
  readonly provider: Provider;
  readonly cni: EffectiveSpec['cni'];
  readonly cluster: ClusterFacts;
  readonly existing: readonly ExistingPool[];
  readonly record: DefaultsRecord;
}

/** The path under which the whole list counts as the operator's choice. */
export const poolsPath = 'calicoNetwork.ipPools';

/** Decides on the list. `source: 'elsewhere'` means that pools exist which are not the operator's to keep. */
export function listPools(sources: PoolSources): PoolList {
  const given = sources.user.calicoNetwork?.ipPools;
  const networks = platformNetworks(sources);
  const list = (source: PoolList['source'], entries: readonly IPPoolSpec[], findings = noFindings) => ({
    source,
    entries,
    podNetworks: networks.cidrs,
    findings,
  });
  if (given !== undefined) {
    return list('user', given, { refusals: [], warnings: given.length === 0 ? [] : networks.problems });
  }
  const recorded = sources.record.computed.calicoNetwork?.ipPools;
  if (recorded !== undefined && sources.record.isDefault(poolsPath)) {
    return recorded.length === 0 ? list('elsewhere', []) : list('recorded', recorded);
  }
  if (sources.existing.length === 0) {
    const suggested = suggestPools(sources, networks);
    return list(suggested.length === 0 ? 'none' : 'cluster', suggested, {
      refusals: networks.problems,
      warnings: [],
    });
  }
  return adoptPools(sources, networks, list);
}

/**
 * Pools exist, yet neither the spec nor the status names any. If they are exactly what a first run makes, that run was
 * interrupted and is continued; other pools of an operator are kept as they are; pools of others are left to them.
 */
function adoptPools(
  sources: PoolSources,
  networks: PodNetworks,
  list: (source: PoolList['source'], entries: readonly IPPoolSpec[]) => PoolList,
): PoolList {
  const owned = sources.existing.filter((pool) => pool.owned);
  if (owned.length === 0) return list('elsewhere', []);
  const suggested = suggestPools(sources, networks);
  const ranges = suggested.map((entry) => canonicalCidr(entry.cidr));
  const interrupted =
    networks.problems.length === 0 && owned.every((pool) => ranges.includes(pool.cidr.text));
  return interrupted
    ? list('cluster', suggested)
    : list(
        'cluster',
        owned.map((pool) => pool.asSpec),
      );
}

function platformNetworks({ provider, cni, cluster }: PoolSources): PodNetworks {
  if (cni.type !== 'Calico') return { cidrs: [], problems: [] };
  if (provider !== 'OpenShift') return readKubeadmPodNetworks(cluster.kubeadmConfig);
  const texts = cluster.openShiftClusterNetworks;
  if (texts === undefined || texts.length === 0) {
    return {
      cidrs: [],
      problems: [openShiftMistake(undefined, 'it is absent, may not be read, or names no pod network')],
    };
  }
  return parseNetworks(texts, openShiftMistake);
}

function openShiftMistake(value: string | undefined, problem: string): Refusal {
  return {
    reason: value === undefined ? 'ResourceNotFound' : 'InvalidConfigurationError',
    object: 'Network cluster',
    field: 'spec.clusterNetwork',
    ...(value === undefined ? {} : { value }),
    problem: `the pod network cannot be read from it: ${problem}`,
    cure: 'List the pools in spec.calicoNetwork.ipPools of Installation default, or correct the Network',
  };
}

function suggestPools({ provider, cni }: PoolSources, networks: PodNetworks): readonly IPPoolSpec[] {
  if (networks.problems.length > 0) return [];
  if (networks.cidrs.length > 0) return networks.cidrs.map((cidr) => named(cidr, networks.cidrs));
  if (cni.ipam.type !== 'Calico') return [];
  return provider === 'EKS'
    ? [{ name: 'default-ipv4-ippool', cidr: '172.16.0.0/16', encapsulation: 'VXLAN' }]
    : [{ name: 'default-ipv4-ippool', cidr: '192.168.0.0/16' }];
}

function named(cidr: Cidr, all: readonly Cidr[]): IPPoolSpec {
  const isFirst = all.find((other) => other.family === cidr.family) === cidr;
  return { ...(isFirst ? { name: `default-ipv${String(cidr.family)}-ippool` } : {}), cidr: cidr.text };
}
