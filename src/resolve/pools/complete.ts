/** Every field of every pool. */
import type { IPPoolSpec } from '../../api/installation.ts';
import { type Cidr, canonicalCidr, cidrAsName, type ParsedCidr, parseCidr } from '../cidr.ts';
import { compact } from '../fields.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';
import type { ResolvedPool } from '../types.ts';
import { type PoolList, poolsPath } from './derive.ts';
import {
  defaultEncapsulation,
  type EncapsulationContext,
  encapsulationMisfit,
  type PoolKind,
} from './encapsulation.ts';
import type { ExistingPool } from './existing.ts';

/** An entry of the list with its place in it; `pool` and `cidr` are absent where the CIDR is none. */
export interface PoolEntry {
  readonly index: number;
  readonly given: IPPoolSpec;
  readonly parsed: ParsedCidr;
  readonly cidr?: Cidr;
  readonly kind?: PoolKind;
  readonly pool?: ResolvedPool;
}

/** Completes the entries of a list. */
export function completePools(
  list: PoolList,
  context: EncapsulationContext,
  existing: readonly ExistingPool[],
  record: DefaultsRecord,
  chooser: Chooser,
): readonly PoolEntry[] {
  const parsed = list.entries.map((entry) => parseCidr(entry.cidr));
  const cidrs = parsed.flatMap((each) => (each.kind === 'cidr' ? [each.cidr] : []));
  const firstIpv4 = cidrs.find((cidr) => cidr.family === 4);
  return list.entries.map((entry, index) => {
    const result = parsed[index];
    if (result?.kind !== 'cidr') {
      return { index, given: entry, parsed: result ?? { kind: 'invalid', problem: 'it is missing' } };
    }
    const { cidr } = result;
    const kind: PoolKind = {
      family: cidr.family,
      loadBalancer: entry.allowedUses?.includes('LoadBalancer') ?? false,
      firstIpv4: cidr === firstIpv4,
    };
    const sources = {
      cidr,
      kind,
      context,
      cidrs,
      existing,
      record,
      // What the operator suggests or remembers is a default; only the user's own list is the user's word.
      suggested: list.source === 'cluster' ? entry : {},
    };
    const given = list.source === 'user' ? entry : { cidr: entry.cidr };
    return { index, given, parsed: result, cidr, kind, pool: completePool(given, sources, chooser) };
  });
}

interface PoolSources {
  readonly cidr: Cidr;
  readonly kind: PoolKind;
  readonly context: EncapsulationContext;
  readonly cidrs: readonly Cidr[];
  readonly existing: readonly ExistingPool[];
  readonly record: DefaultsRecord;
  readonly suggested: Partial<IPPoolSpec>;
}

function completePool(given: IPPoolSpec, sources: PoolSources, chooser: Chooser): ResolvedPool {
  const { cidr, kind, context, record, suggested } = sources;
  const isV4 = cidr.family === 4;
  const known = record.computed.calicoNetwork?.ipPools?.find(
    (pool) => canonicalCidr(pool.cidr) === cidr.text,
  );
  const recorded: Partial<IPPoolSpec> = known ?? {};
  const inCluster = sources.existing.find((pool) => pool.cidr.text === cidr.text);
  // A pool that is met for the first time keeps what nobody asks to change: traffic depends on it.
  const asFound: Partial<IPPoolSpec> = known === undefined ? foundIn(inCluster) : {};
  const isPossible = (encapsulation: ResolvedPool['encapsulation']) =>
    encapsulationMisfit(encapsulation, kind, context) === undefined;
  function choose<Key extends keyof ResolvedPool & keyof IPPoolSpec>(
    field: Key,
    derived: ResolvedPool[Key],
    fits?: (earlier: ResolvedPool[Key]) => boolean,
  ): ResolvedPool[Key] {
    const suggestion = (suggested[field] ?? asFound[field]) as ResolvedPool[Key] | undefined;
    return chooser.choose<ResolvedPool[Key]>(`${poolsPath}[${cidr.text}].${field}`, {
      given: given[field] as ResolvedPool[Key] | undefined,
      recorded: recorded[field] as ResolvedPool[Key] | undefined,
      derived: suggestion !== undefined && (fits?.(suggestion) ?? true) ? suggestion : derived,
      ...(fits === undefined ? {} : { fits }),
    });
  }
  return {
    name: choose('name', defaultName(sources)),
    cidr: cidr.text,
    family: cidr.family,
    encapsulation: choose('encapsulation', defaultEncapsulation(kind, context), isPossible),
    natOutgoing: choose('natOutgoing', isV4 ? 'Enabled' : 'Disabled'),
    nodeSelector: choose('nodeSelector', 'all()'),
    blockSize: choose('blockSize', inCluster?.blockSize ?? (isV4 ? 26 : 122)),
    allowedUses: inOrder(choose('allowedUses', ['Workload', 'Tunnel'])),
    assignmentMode: choose('assignmentMode', 'Automatic'),
    disableBGPExport: choose('disableBGPExport', false),
    disableNewAllocations: choose('disableNewAllocations', false),
  };
}

const uses: readonly string[] = ['Workload', 'Tunnel', 'LoadBalancer'];

/** A set: the order in which a user writes it changes no pool. */
function inOrder(given: ResolvedPool['allowedUses']): ResolvedPool['allowedUses'] {
  return given.toSorted((one, other) => uses.indexOf(one) - uses.indexOf(other));
}

/** A pool of ours that is disabled was left out of the spec for a while: listed again, it serves again. */
function foundIn(pool: PoolSources['existing'][number] | undefined): Partial<IPPoolSpec> {
  return pool?.owned === true ? { ...pool.asSpec, disableNewAllocations: false } : (pool?.asSpec ?? {});
}

function defaultName({ cidr, cidrs, existing }: PoolSources): string {
  const sameRange = existing.find((pool) => pool.cidr.text === cidr.text);
  if (sameRange !== undefined) return sameRange.name;
  const alone = cidrs.length === 1;
  const dualStack = cidrs.length === 2 && cidrs[0]?.family !== cidrs[1]?.family;
  const usual = `default-ipv${String(cidr.family)}-ippool`;
  // A pool that is replaced stays in the cluster under its name, which no other range can have.
  const isTaken = existing.some(({ name }) => name === usual);
  return (alone || dualStack) && !isTaken ? usual : cidrAsName(cidr);
}

/** A resolved pool in the words of the spec, for `status.computed`. */
export function asSpec({ family: _family, ...fields }: ResolvedPool): IPPoolSpec {
  return compact<IPPoolSpec>(fields);
}
