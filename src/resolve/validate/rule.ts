/** What every rule looks at, and the shape of a rule. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { Refusal } from '../../api/refusal.ts';
import type { Cidr } from '../cidr.ts';
import { atInstallation, type FieldMistake } from '../findings.ts';
import type { PoolEntry } from '../pools/complete.ts';
import type { ExistingPool } from '../pools/existing.ts';
import type { EffectiveSpec, EnabledPool, Snapshot } from '../types.ts';

/** A decision before it is judged. */
export interface Candidate {
  readonly snapshot: Snapshot;
  /** The user's spec, overlay laid in, without defaults. */
  readonly user: InstallationSpec;
  readonly spec: EffectiveSpec;
  /** Entries of the pool list, those with an unreadable CIDR included. */
  readonly entries: readonly PoolEntry[];
  /** The list is the user's own. */
  readonly poolsListed: boolean;
  /** False when it could not be found out which pools there shall be, which is reported already. */
  readonly poolsKnown: boolean;
  readonly existing: readonly ExistingPool[];
  readonly enabledPools: readonly EnabledPool[];
  /** The platform's pod networks. */
  readonly podNetworks: readonly Cidr[];
  /** Ranges of pools that earlier runs have accepted. */
  readonly acceptedRanges: readonly string[];
}

/** Finds mistakes of one topic. All of them, in the order of the spec. */
export type Rule = (candidate: Candidate) => readonly Refusal[];

/** Refusals of fields of the Installation. */
export function refuse(candidate: Candidate, ...mistakes: readonly FieldMistake[]): readonly Refusal[] {
  return mistakes.map((mistake) => atInstallation(candidate.snapshot, mistake));
}
