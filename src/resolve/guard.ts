/** Changes that are no mistake in themselves, yet would harm what runs. */
import type { Reason } from '../api/conditions.ts';
import type { InstallationSpec, IPPoolSpec } from '../api/installation.ts';
import type { Refusal } from '../api/refusal.ts';
import { type Cidr, canonicalCidr, overlapsCidr, parseCidr } from './cidr.ts';
import { showValue } from './findings.ts';
import type { Resolved, ResolvedPool } from './types.ts';

/** The change may be made; or it may not, and what runs stays as it is. */
export type Guarded =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/**
 * Compares a decision with the one that was last carried out (`status.computed`; undefined on the first run).
 * Refused are changes of what Calico fixes when a pool is made: its name, its block size, a range that overlaps the
 * one it replaces, and turning a pool for LoadBalancers into one for pods.
 */
export function guard(resolved: Resolved, lastApplied: InstallationSpec | undefined): Guarded {
  const earlier = lastApplied?.calicoNetwork?.ipPools ?? [];
  const refusals = resolved.pools.flatMap((pool, index) => {
    const place = `spec.calicoNetwork.ipPools[${index}]`;
    const same = earlier.find((other) => canonicalCidr(other.cidr) === pool.cidr);
    return same === undefined
      ? replacedRanges(pool, place, earlier, resolved.pools)
      : fixedFields(pool, same, place);
  });
  return refusals.length === 0 ? { kind: 'allowed' } : { kind: 'refused', refusals };
}

const refusal = (field: string, value: unknown, problem: string, cure: string): Refusal => ({
  reason: 'UnsafeChangeRefused' satisfies Reason,
  object: 'Installation default',
  field,
  value: showValue(value),
  problem,
  cure,
});

function fixedFields(pool: ResolvedPool, earlier: IPPoolSpec, place: string): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (earlier.blockSize !== undefined && earlier.blockSize !== pool.blockSize) {
    refusals.push(
      refusal(
        `${place}.blockSize`,
        pool.blockSize,
        `the pool was made with blocks of /${earlier.blockSize}, and addresses in use depend on it`,
        `Set blockSize back to ${earlier.blockSize}, or add a pool with another range and move pods over`,
      ),
    );
  }
  if (earlier.name !== undefined && earlier.name !== pool.name) {
    refusals.push(
      refusal(
        `${place}.name`,
        pool.name,
        `the pool was made as ${earlier.name}, and pools cannot be renamed`,
        `Set name back to ${earlier.name}, or leave it out`,
      ),
    );
  }
  const wasForLoadBalancers = earlier.allowedUses?.includes('LoadBalancer') ?? false;
  if (wasForLoadBalancers && !pool.allowedUses.includes('LoadBalancer')) {
    refusals.push(
      refusal(
        `${place}.allowedUses`,
        pool.allowedUses,
        'Services of type LoadBalancer may hold addresses of this pool, so it cannot become one for pods',
        'Set allowedUses back to LoadBalancer, and add a pool with another range for pods',
      ),
    );
  }
  return refusals;
}

/** A new range that overlaps one which leaves the list with the same edit: pods still hold addresses of that one. */
function replacedRanges(
  pool: ResolvedPool,
  place: string,
  earlier: readonly IPPoolSpec[],
  now: readonly ResolvedPool[],
): readonly Refusal[] {
  const range = rangeOf(pool.cidr);
  return earlier.flatMap((other) => {
    const old = rangeOf(other.cidr);
    const stays = now.some((each) => each.cidr === old?.text);
    if (range === undefined || old === undefined || stays || !overlapsCidr(range, old)) return [];
    return [
      refusal(
        `${place}.cidr`,
        pool.cidr,
        `it overlaps ${old.text}, which it replaces and whose addresses are in use, and ranges of pools are fixed`,
        `List ${old.text} again; to move, add a range that does not overlap it, let pods move over, then take ${old.text} out`,
      ),
    ];
  });
}

function rangeOf(text: string): Cidr | undefined {
  const parsed = parseCidr(text);
  return parsed.kind === 'cidr' ? parsed.cidr : undefined;
}
