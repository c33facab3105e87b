/** What a change of an IPPool does to pods. Pure. */
import type { IPPool } from '../../../api/calico.ts';
import { describeRef } from '../../../apply/refs.ts';
import { showValue } from '../../../resolve/findings.ts';
import { type ExistingPool, readExistingPools } from '../../../resolve/pools/existing.ts';
import type { Change, Concern } from '../types.ts';

/** Every pool of the cluster as it is, and as it will be. */
export interface Pools {
  readonly before: readonly ExistingPool[];
  readonly after: readonly ExistingPool[];
}

/** Every pool after the changes. */
export function poolsAfter(live: readonly IPPool[], changes: readonly Change[]): Pools {
  const written = changes.flatMap(({ ref, after }) =>
    ref.resource.kind === 'IPPool' && after !== undefined ? [after as IPPool] : [],
  );
  const names = new Set(written.map(({ metadata }) => metadata.name));
  const untouched = live.filter(({ metadata }) => !names.has(metadata.name));
  return { before: readExistingPools(live), after: readExistingPools([...untouched, ...written]) };
}

interface Rule {
  readonly field: keyof ExistingPool['asSpec'];
  readonly judge: (
    from: unknown,
    to: unknown,
    left: boolean,
  ) => Pick<Concern, 'severity' | 'because'> | undefined;
}

const noAddresses = (left: boolean) =>
  ({
    severity: 'disruptive',
    because: left
      ? 'it gives out no addresses any more: running pods keep theirs, and get one of another pool when they start again'
      : 'it gives out no addresses any more, and no other pool of its family does: running pods keep theirs, and no pod starts',
  }) as const;

const rules: readonly Rule[] = [
  {
    field: 'encapsulation',
    judge: () => ({
      severity: 'disruptive',
      because:
        'nodes take the new encapsulation up one after the other: until all have, packets between pods of different nodes get lost, and open connections may break',
    }),
  },
  { field: 'disableNewAllocations', judge: (_, to, left) => (to === true ? noAddresses(left) : undefined) },
  {
    field: 'allowedUses',
    judge: (from, to, left) =>
      isFor(from, 'Workload') && !isFor(to, 'Workload') ? noAddresses(left) : undefined,
  },
  {
    field: 'assignmentMode',
    judge: (_, to, left) => (to === 'Manual' ? noAddresses(left) : undefined),
  },
  {
    field: 'natOutgoing',
    judge: (_, to) =>
      to === 'Disabled'
        ? {
            severity: 'disruptive',
            because:
              "connections of pods to the outside keep the pod's address: they fail where there is no route back to it",
          }
        : {
            severity: 'note',
            because: "connections of pods to the outside carry their node's address from then on",
          },
  },
  {
    field: 'nodeSelector',
    judge: () => ({
      severity: 'disruptive',
      because:
        'pods that start on nodes that it no longer selects get an address of another pool, or none; running pods keep theirs',
    }),
  },
  {
    field: 'disableBGPExport',
    judge: (_, to) =>
      to === true
        ? {
            severity: 'disruptive',
            because: 'routes to its pods are withdrawn from every BGP peer outside of the cluster',
          }
        : undefined,
  },
];

function isFor(uses: unknown, use: string): boolean {
  return Array.isArray(uses) && uses.includes(use);
}

/** Nobody has an address of a pool that is just being made. */
export function poolConcerns({ ref }: Change, pools: Pools): readonly Concern[] {
  const before = pools.before.find(({ name }) => name === ref.name);
  const after = pools.after.find(({ name }) => name === ref.name);
  if (before === undefined || after === undefined) return [];
  const left = pools.after.some(
    ({ servesPods, asSpec, cidr }) =>
      servesPods && asSpec.assignmentMode !== 'Manual' && cidr.family === after.cidr.family,
  );
  return rules.flatMap(({ field, judge }) => {
    const [from, to] = [before.asSpec[field], after.asSpec[field]];
    if (showValue(from) === showValue(to)) return [];
    const verdict = judge(from, to, left);
    if (verdict === undefined) return [];
    const topic = `${field} of ${ref.name}`;
    const values = { from: showValue(from), to: showValue(to) };
    return [{ ...verdict, topic, object: describeRef(ref), field, ...values }];
  });
}
