/** Rules between pools: of the list, of the list and the cluster, of the list and the platform. */
import type { Refusal } from '../../api/refusal.ts';
import { type Cidr, containsCidr, overlapsCidr } from '../cidr.ts';
import type { PoolEntry } from '../pools/complete.ts';
import type { ExistingPool } from '../pools/existing.ts';
import type { ResolvedPool } from '../types.ts';
import { placeOf } from './pools.ts';
import { type Candidate, refuse, type Rule } from './rule.ts';

type Complete = PoolEntry & { readonly cidr: Cidr; readonly pool: ResolvedPool };

/** Entries whose CIDR can be read. */
export const completeEntries = ({ entries }: Candidate): readonly Complete[] =>
  entries.filter((entry): entry is Complete => entry.cidr !== undefined && entry.pool !== undefined);

/** No two pools of the list share an address or a name. */
export const distinctPools: Rule = (candidate) => {
  const entries = completeEntries(candidate);
  return entries.flatMap((entry, position) => {
    const earlier = entries.slice(0, position);
    const overlapped = earlier.find((other) => overlapsCidr(other.cidr, entry.cidr));
    const namesake = earlier.find((other) => other.pool.name === entry.pool.name);
    return [
      ...(overlapped === undefined
        ? []
        : refuse(candidate, {
            field: `${placeOf(entry)}.cidr`,
            value: entry.given.cidr,
            problem: `it overlaps ${overlapped.given.cidr} of ${placeOf(overlapped)}`,
            cure: 'Give every pool a range of its own',
          })),
      ...(namesake === undefined
        ? []
        : refuse(candidate, {
            field: `${placeOf(entry)}.name`,
            value: entry.pool.name,
            problem: `${placeOf(namesake)} has the same name`,
            cure: 'Give every pool a name of its own, or none',
          })),
    ];
  });
};

/** Pools of the list against pools that are in the cluster. What is fixed there cannot be said otherwise here. */
export const poolsAgainstCluster: Rule = (candidate) => {
  const entries = completeEntries(candidate);
  const listed = entries.map((entry) => entry.cidr.text);
  return entries.flatMap((entry) =>
    candidate.existing.flatMap((other) => {
      if (other.cidr.text === entry.cidr.text) return sameRange(candidate, entry, other);
      // Pools that are both listed are compared with each other there.
      if (listed.includes(other.cidr.text) || !overlapsCidr(other.cidr, entry.cidr)) return [];
      return refuse(candidate, {
        ...(other.owned ? { reason: 'UnsafeChangeRefused' } : {}),
        field: `${placeOf(entry)}.cidr`,
        value: entry.given.cidr,
        problem: `it overlaps ${other.cidr.text} of the cluster's IPPool ${other.name}`,
        cure: `Choose a range that is free, or delete IPPool ${other.name} once no address of it is in use`,
      });
    }),
  );
};

function sameRange(candidate: Candidate, entry: Complete, other: ExistingPool): readonly Refusal[] {
  const place = placeOf(entry);
  const { pool } = entry;
  const foreign = other.owned ? undefined : foreignDifference(pool, other);
  if (foreign !== undefined) {
    return refuse(candidate, {
      reason: 'ForeignObject',
      field: `${place}.${foreign}`,
      value: pool[foreign],
      problem: `IPPool ${other.name} has this range, is not the operator's and says ${JSON.stringify(other.asSpec[foreign])}`,
      cure: `Say the same, so that the operator takes it over; or label it app.kubernetes.io/managed-by=tigera-operator; or leave the range out`,
    });
  }
  return [
    ...(pool.name === other.name
      ? []
      : refuse(candidate, {
          reason: 'UnsafeChangeRefused',
          field: `${place}.name`,
          value: pool.name,
          problem: `the range belongs to the cluster's IPPool ${other.name}, and pools cannot be renamed`,
          cure: `Set name to ${other.name}, or leave it out`,
        })),
    ...(pool.blockSize === other.blockSize
      ? []
      : refuse(candidate, {
          reason: 'UnsafeChangeRefused',
          field: `${place}.blockSize`,
          value: pool.blockSize,
          problem: `IPPool ${other.name} has blocks of /${other.blockSize}, and the block size of a pool is fixed`,
          cure: `Set blockSize to ${other.blockSize}, or add a pool with another range and move pods over`,
        })),
  ];
}

const comparedFields = [
  'name',
  'encapsulation',
  'natOutgoing',
  'nodeSelector',
  'blockSize',
  'disableBGPExport',
  'disableNewAllocations',
  'assignmentMode',
] as const;

function foreignDifference(
  pool: ResolvedPool,
  other: ExistingPool,
): (keyof ResolvedPool & keyof ExistingPool['asSpec']) | undefined {
  const differs = comparedFields.find((field) => pool[field] !== other.asSpec[field]);
  const usesOf = (uses: readonly string[]) => [...uses].sort().join();
  return differs ?? (usesOf(pool.allowedUses) === usesOf(other.allowedUses) ? undefined : 'allowedUses');
}

/**
 * Pools lie inside the platform's pod networks, but for those of LoadBalancers, those that were accepted before, and
 * those that the cluster has already: what runs is not refused.
 */
export const poolsWithinPodNetworks: Rule = (candidate) => {
  const { podNetworks, poolsListed, acceptedRanges, existing } = candidate;
  if (!poolsListed || podNetworks.length === 0) return [];
  const networks = podNetworks.map((network) => network.text).join(', ');
  const known = [...acceptedRanges, ...existing.map((pool) => pool.cidr.text)];
  return completeEntries(candidate)
    .filter(({ cidr, kind }) => kind?.loadBalancer !== true && !known.includes(cidr.text))
    .filter(({ cidr }) => !podNetworks.some((network) => containsCidr(network, cidr)))
    .flatMap((entry) =>
      refuse(candidate, {
        field: `${placeOf(entry)}.cidr`,
        value: entry.given.cidr,
        problem: `it is outside of the cluster's pod network (${networks}), so Kubernetes would not treat its addresses as pods'`,
        cure: `Choose a range within ${networks}, or make the range a pod network of the cluster first (podSubnet of ConfigMap kube-system/kubeadm-config, clusterNetwork on OpenShift)`,
      }),
    );
};
