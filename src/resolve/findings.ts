/** How rules report: plain lists of refusals and warnings, built by a few helpers so that every text has all its parts. */
import type { Reason } from '../api/conditions.ts';
import type { FieldPath, Refusal, Warning } from '../api/refusal.ts';
import type { Snapshot } from './types.ts';

/** What looking at input has found. */
export interface Findings {
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

/** Nothing to say. */
export const noFindings: Findings = { refusals: [], warnings: [] };

/** All findings, in the order given. */
export function joinFindings(...parts: readonly Findings[]): Findings {
  return {
    refusals: parts.flatMap((part) => part.refusals),
    warnings: parts.flatMap((part) => part.warnings),
  };
}

/** A remark on a field of the Installation, before it is known which object holds the field. */
export interface FieldMistake {
  /** One of the catalogue of condition reasons; `InvalidConfigurationError` unless something else fits better. */
  readonly reason?: Reason;
  /** Path below the object's root, starting with `spec`. */
  readonly field: FieldPath;
  readonly value?: unknown;
  readonly problem: string;
  readonly cure: string;
}

const longestValue = 120;

/** A value as it is shown to people: text as it is, anything else as JSON, long ones cut. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, inOrder);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`;
}

/** Entries of a map by key, so that the order in which a client wrote them shows nowhere. */
export function sortedEntries<T>(
  map: Readonly<Record<string, T>> | undefined,
): readonly (readonly [string, T])[] {
  return Object.entries(map ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
}

function inOrder(_key: string, value: unknown): unknown {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? Object.fromEntries(sortedEntries(value as Readonly<Record<string, unknown>>)) : value;
}

/** The mistake as a refusal (or warning) that names `Installation default`, or `overlay` where that sets the field. */
export function atInstallation(
  snapshot: Pick<Snapshot, 'installation' | 'overlay'>,
  mistake: FieldMistake,
): Refusal {
  const inOverlay = setsField(snapshot.overlay, mistake.field);
  return {
    reason: mistake.reason ?? 'InvalidConfigurationError',
    object: inOverlay ? 'Installation overlay' : 'Installation default',
    field: mistake.field,
    ...(mistake.value === undefined ? {} : { value: showValue(mistake.value) }),
    problem: mistake.problem,
    cure: mistake.cure,
  };
}

function setsField(object: unknown, field: FieldPath): boolean {
  let value = object;
  for (const step of field.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (value === null || typeof value !== 'object') return false;
    const next: unknown = (value as Readonly<Record<string, unknown>>)[step];
    if (next === undefined || next === null) return false;
    if (Array.isArray(next)) return true;
    value = next;
  }
  return true;
}
