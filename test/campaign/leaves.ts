/** The single settings of a schema, and how to write one of them into a spec. */
import type { Schema } from '../reference/admission/validate.ts';

/** One step on the way to a setting. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'item' }
  | { readonly kind: 'entry' };

/** A setting that has no settings below it. */
export interface Leaf {
  /** As `calicoNetwork.ipPools[].cidr`; `{}` stands for an entry of a map. */
  readonly path: string;
  readonly steps: readonly Step[];
  readonly schema: Schema;
}

/** Plain JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** An override block that changes its workload's pods. */
export const podOverride = (block: string, spec: Fields): Fields => ({
  [block]: { spec: { template: { spec } } },
});

/** Every setting of a schema, in its order. */
export function leavesOf(schema: Schema, path = '', steps: readonly Step[] = []): readonly Leaf[] {
  const below: readonly (readonly [string, Step, Schema])[] = [
    ...Object.entries(schema.properties ?? {}).map(
      ([name, field]) => [path === '' ? name : `${path}.${name}`, { kind: 'field', name }, field] as const,
    ),
    ...(schema.items === undefined ? [] : [[`${path}[]`, { kind: 'item' }, schema.items] as const]),
    ...(schema.additionalProperties === undefined
      ? []
      : [[`${path}{}`, { kind: 'entry' }, schema.additionalProperties] as const]),
  ];
  if (below.length === 0) return [{ path, steps, schema }];
  return below.flatMap(([place, step, inner]) => leavesOf(inner, place, [...steps, step]));
}

/** What a setting needs beside it: required fields, and those that give it a meaning. By path of the object. */
export type Companions = (path: string, field: string) => Fields;

/** A copy of the spec with the setting written in, in the first entry of every list on the way. */
export function withLeaf(spec: Fields, leaf: Leaf, value: unknown, companions: Companions): Fields {
  return write(spec, leaf.steps, value, '', companions) as Fields;
}

function write(
  base: unknown,
  steps: readonly Step[],
  value: unknown,
  path: string,
  companions: Companions,
): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  switch (step.kind) {
    case 'field': {
      const place = path === '' ? step.name : `${path}.${step.name}`;
      const fields = isFields(base) ? base : {};
      const inner = write(fields[step.name], rest, value, place, companions);
      return { ...companions(path, step.name), ...fields, [step.name]: inner };
    }
    case 'item': {
      const [first, ...others] = Array.isArray(base) ? (base as readonly unknown[]) : [];
      return [write(first, rest, value, `${path}[]`, companions), ...others];
    }
    case 'entry':
      return { ...(isFields(base) ? base : {}), ...(value as Fields) };
  }
}

/** A copy of the spec without the setting; what it stood in stays. */
export function withoutLeaf(spec: Fields, leaf: Leaf): Fields {
  return remove(spec, leaf.steps) as Fields;
}

function remove(base: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return base;
  switch (step.kind) {
    case 'field': {
      if (!isFields(base)) return base;
      const { [step.name]: inner, ...others } = base;
      const ends = rest.every(({ kind }) => kind !== 'field');
      return inner === undefined || ends ? others : { ...others, [step.name]: remove(inner, rest) };
    }
    case 'item': {
      if (!Array.isArray(base)) return base;
      const [first, ...others] = base as readonly unknown[];
      return [remove(first, rest), ...others];
    }
    case 'entry':
      return base;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
