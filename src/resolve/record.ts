/**
 * Frozen defaults. What the operator once chose for a field that the user left open stays chosen, although a later
 * release or a changed cluster would choose otherwise: see docs/adr/0003-defaults-live-in-status.md.
 */
import type { Installation, InstallationSpec } from '../api/installation.ts';
import type { FieldPath } from '../api/refusal.ts';

/** What earlier runs have chosen. */
export interface DefaultsRecord {
  /** `status.computed`; empty before the first run. */
  readonly computed: InstallationSpec;
  /** True when the value of `computed` at this place was the operator's choice, not the user's. */
  readonly isDefault: (path: FieldPath) => boolean;
}

/**
 * Reads the record from an Installation's status. A status without `defaulted` was written by an operator that did not
 * tell its choices from the user's: then whatever the user leaves open now counts as chosen.
 */
export function readRecord(installation: Installation): DefaultsRecord {
  const { computed, defaulted } = installation.status ?? {};
  if (computed === undefined) return { computed: {}, isDefault: () => false };
  if (defaulted === undefined) return { computed, isDefault: () => true };
  const paths = new Set<FieldPath>(defaulted);
  return { computed, isDefault: (path) => paths.has(path) };
}

/** What there is to choose from for one field. Null, empty text and empty lists count as absent. */
export interface Choice<T> {
  /** By the user. */
  readonly given: T | undefined;
  /** In `status.computed`. */
  readonly recorded: NoInfer<T> | undefined;
  /** By this release from this cluster; absent where the field has no default under the circumstances. */
  readonly derived: NoInfer<T> | undefined;
  /** Whether the recorded choice may stay under the circumstances. By default it may. */
  readonly fits?: (recorded: NoInfer<T>) => boolean;
}

/** The user's value, else the recorded choice, else the derived one. */
interface Choose {
  <T>(path: FieldPath, choice: Choice<T> & { readonly derived: NoInfer<T> }): T;
  <T>(path: FieldPath, choice: Choice<T>): T | undefined;
}

/** Chooses values of fields and remembers which of them the user had left open. */
export interface Chooser {
  readonly choose: Choose;
  /** Remembers a field that the user had left open and that was decided in another way. */
  readonly note: (path: FieldPath) => void;
  /** Paths below `spec` of all fields that the user had left open and that have a value now, sorted. */
  readonly defaulted: () => readonly FieldPath[];
}

const isGiven = <T>(value: T | undefined): value is T & {} =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);

/** A chooser for one run over a record. */
export function chooserFor(record: DefaultsRecord): Chooser {
  const defaulted = new Set<FieldPath>();
  function choose<T>(path: FieldPath, { given, recorded, derived, fits }: Choice<T>): T | undefined {
    if (isGiven(given)) return given;
    if (derived === undefined) return undefined;
    defaulted.add(path);
    const stays = recorded !== undefined && recorded !== null && record.isDefault(path);
    return stays && (fits?.(recorded) ?? true) ? recorded : derived;
  }
  return {
    choose: choose,
    note: (path) => void defaulted.add(path),
    defaulted: () => [...defaulted].sort(),
  };
}
