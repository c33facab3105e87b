/** Whether an object belongs to a selection, judged here so that the answer to a write can be taken in. Pure. */
import type { KubeObject } from '../api/kubernetes.ts';
import type { Selection } from '../kube/types.ts';

/** True, false, or undefined when the selector says more than is understood here. */
export function selects(selection: Selection, object: KubeObject): boolean | undefined {
  const { namespace, fieldSelector, labelSelector } = selection;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  const fields = fieldSelector === undefined ? true : all(fieldSelector, (field) => fieldOf(object, field));
  const labels = object.metadata.labels ?? {};
  const byLabel =
    labelSelector === undefined ? true : all(labelSelector, (name) => ({ value: labels[name] }));
  if (fields === false || byLabel === false) return false;
  return fields === undefined || byLabel === undefined ? undefined : true;
}

function fieldOf(object: KubeObject, field: string): { readonly value: string | undefined } | undefined {
  if (field === 'metadata.name') return { value: object.metadata.name };
  if (field === 'metadata.namespace') return { value: object.metadata.namespace ?? '' };
  return undefined;
}

function all(
  selector: string,
  lookUp: (name: string) => { readonly value: string | undefined } | undefined,
): boolean | undefined {
  // Set-based requirements have commas of their own.
  if (selector.includes('(')) return undefined;
  const results = selector.split(',').map((requirement) => holds(requirement.trim(), lookUp));
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function holds(
  requirement: string,
  lookUp: (name: string) => { readonly value: string | undefined } | undefined,
): boolean | undefined {
  const parts = /^(!?)([^=!\s]+)\s*(?:(!=|==?)\s*(\S*))?$/.exec(requirement);
  if (parts === null) return undefined;
  const [, not, name = '', operator, wanted] = parts;
  const found = lookUp(name);
  if (found === undefined) return undefined;
  switch (operator) {
    case undefined:
      return (found.value !== undefined) === (not === '');
    case '!=':
      return found.value !== wanted;
    default:
      return found.value === wanted;
  }
}
