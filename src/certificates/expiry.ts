/** When certificates expire, for metrics and status. */
import type { CertificateSet } from '../api/key-pair.ts';
import { lifetimes } from './constants.ts';

/** One certificate's end. */
export interface CertificateExpiry {
  readonly secretName: string;
  /** Seconds since the epoch, as metrics have it. */
  readonly notAfter: number;
  readonly userProvided: boolean;
}

/** The authority first, then the pairs by name. */
export function certificateExpiries(set: CertificateSet): readonly CertificateExpiry[] {
  const names = Object.keys(set.pairs).sort();
  const pairs = names.flatMap((name) => set.pairs[name] ?? []);
  return [set.authority, ...pairs].map(({ secretName, notAfter, userProvided }) => ({
    secretName,
    notAfter: Date.parse(notAfter) / 1000,
    userProvided,
  }));
}

/** Nothing else may ever happen in a cluster, so that certificates have to be looked at by time: daily at least. */
const longestReview = 86_400_000;

/** Milliseconds from `now` until something has to be renewed, warned of or refused, or the next step of a change is due. */
export function nextReview({ authority, pairs, change }: CertificateSet, now: number): number {
  const ends = [authority, ...Object.values(pairs)].map(({ notAfter }) => Date.parse(notAfter));
  const moments = ends.flatMap((end) => [end - lifetimes.renewBefore, end]).map((moment) => moment - now);
  const due = [...moments, change?.changesIn ?? longestReview].filter((delay) => delay > 0);
  // A moment later: at the very moment 30 days are still left.
  return Math.min(longestReview, ...due.map((delay) => delay + 1));
}
