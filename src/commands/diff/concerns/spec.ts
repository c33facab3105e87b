/** What a change of the effective spec does to the users' pods, beyond restarts of Calico's own. Pure. */
import type { InstallationSpec } from '../../../api/installation.ts';
import type { FieldPath } from '../../../api/refusal.ts';
import { stableJson } from '../../../render/shared/hash.ts';
import { calicoNamespace, names } from '../../../render/shared/names.ts';
import { showValue } from '../../../resolve/findings.ts';
import type { EffectiveSpec } from '../../../resolve/types.ts';
import type { Concern } from '../types.ts';
import { specRules } from './spec-rules.ts';

/** Which object carries a change of these fields to the nodes. */
const carrier = `DaemonSet ${calicoNamespace}/${names.node}`;

/**
 * What changes between two effective specs.
 * @param before what was carried out last; undefined on the first run, when nothing can be hurt yet
 */
export function specConcerns(before: InstallationSpec | undefined, after: EffectiveSpec): readonly Concern[] {
  if (before === undefined) return [];
  return specRules.flatMap(({ topic, field, absent, judge }) => {
    const [from, to] = [valueAt(before, field) ?? absent, valueAt(after, field) ?? absent];
    if (stableJson(from ?? null) === stableJson(to ?? null)) return [];
    const verdict = judge(from, to);
    if (verdict === undefined) return [];
    const values = {
      ...(from === undefined ? {} : { from: showValue(from) }),
      ...(to === undefined ? {} : { to: showValue(to) }),
    };
    return [{ ...verdict, topic, object: carrier, field: `Installation spec.${field}`, ...values }];
  });
}

function valueAt(spec: object, field: FieldPath): unknown {
  let value: unknown = spec;
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value === null ? undefined : value;
}
