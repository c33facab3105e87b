/** Where a variable or a volume takes its content from: what the API server refuses in a pod. */
import { isObjectName } from './metadata.ts';

/** A source as a plain map, to be looked at field by field. */
export type Source = Readonly<Record<string, unknown>>;

const variableFields =
  /^(metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['.+'\]|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;
const resourceFields = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** The names of the fields that are set. */
export function setFields(fields: object): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [name],
  );
}

/** Why there is not exactly one source; undefined if there is. */
export function countProblem(sources: readonly string[]): string | undefined {
  if (sources.length === 0) return 'it has no source that this release knows';
  return sources.length === 1 ? undefined : `it has several sources: ${sources.join(', ')}`;
}

/** Why a name of another object is none. */
export function nameProblem(field: string, name: unknown): string | undefined {
  return typeof name === 'string' && isObjectName(name) ? undefined : `${field} is no name of an object`;
}

/** Why a text that must be there is missing. */
export function missingProblem(field: string, text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' ? undefined : `${field} is missing`;
}

/** Why a variable cannot have its value from there. `kind` is the field of `valueFrom` that is set. */
export function variableSourceProblem(kind: string, source: Source): string | undefined {
  switch (kind) {
    case 'configMapKeyRef':
    case 'secretKeyRef':
      return nameProblem(`${kind}.name`, source['name']) ?? missingProblem(`${kind}.key`, source['key']);
    case 'fieldRef':
      return matches(source['fieldPath'], variableFields)
        ? undefined
        : 'fieldRef.fieldPath is no field that variables can have: metadata.name, metadata.namespace, metadata.uid, one label or annotation, spec.nodeName, spec.serviceAccountName, status.hostIP, status.podIP';
    case 'resourceFieldRef':
      return matches(source['resource'], resourceFields)
        ? undefined
        : 'resourceFieldRef.resource is none of limits and requests of the container, as limits.memory';
    default:
      return undefined;
  }
}

function matches(text: unknown, shape: RegExp): boolean {
  return typeof text === 'string' && shape.test(text);
}

/** True for a path below a directory: relative, and never upwards. */
export function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}
