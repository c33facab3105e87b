/** One object put to a CRD, and what is to be said to it. */

export type Json = Readonly<Record<string, unknown>>;

/** One object put to the schema. Specs are JSON as users write it, mistakes included. */
export interface Case {
  readonly title: string;
  /** Default: Installation. */
  readonly kind?: string;
  /** Default: `default`. */
  readonly name?: string;
  readonly spec: Json;
  /** What the refusal must say; absent: it is accepted. */
  readonly refusal?: readonly string[];
}

/** A spec that is accepted. */
export const good = (title: string, spec: Json, more: Partial<Case> = {}): Case => ({ title, spec, ...more });

/** A spec that is refused, with words of the refusal. */
export const bad = (title: string, spec: Json, ...refusal: readonly [string, ...string[]]): Case => ({
  title,
  spec,
  refusal,
});

export const network = (calicoNetwork: Json): Json => ({ calicoNetwork });

export const pool = (more: Json): Json => ({
  calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', ...more }] },
});
