/** Where a variable or a volume takes its content from: what the API server refuses in a pod. */
import { canonicalQuantity } from '../../../api/quantity.ts';
import { isObjectName } from './metadata.ts';

/** A source as a plain map, to be looked at field by field. */
export type Source = Readonly<Record<string, unknown>>;

const variableFields =
  /^(metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['.+'\]|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;
const volumeFields = /^metadata\.(name|namespace|uid|labels|annotations)(\['.+'\])?$/;
const keyShape = /^(?!\.\.?$|\.\.)[-._a-zA-Z0-9]{1,253}$/;
const cpuDivisors: readonly string[] = ['0', '1', '1m'];
const byteDivisor = /^(0|1([kMGTPE]|[KMGTPE]i)?)$/;
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
      return nameProblem(`${kind}.name`, source['name']) ?? keyProblem(`${kind}.key`, source['key']);
    case 'fieldRef':
      return matches(source['fieldPath'], variableFields)
        ? versionProblem(source)
        : 'fieldRef.fieldPath is no field that variables can have: metadata.name, metadata.namespace, metadata.uid, one label or annotation, spec.nodeName, spec.serviceAccountName, status.hostIP, status.podIP';
    case 'resourceFieldRef':
      return resourceProblem(source);
    default:
      return undefined;
  }
}

/** Why a key of a ConfigMap or a Secret is none. */
export function keyProblem(field: string, key: unknown): string | undefined {
  if (typeof key !== 'string' || key === '') return `${field} is missing`;
  return keyShape.test(key) ? undefined : `${field} is no key: use letters, digits, "-", "_" and "."`;
}

/** Why a file cannot have a field of the pod, or a limit or request of a container, for content. */
export function fileSourceProblem(item: Source): string | undefined {
  const { fieldRef, resourceFieldRef } = item as Readonly<Record<string, Source | undefined>>;
  if ((fieldRef === undefined) === (resourceFieldRef === undefined)) {
    return 'a file takes either fieldRef or resourceFieldRef';
  }
  if (fieldRef !== undefined) {
    return matches(fieldRef['fieldPath'], volumeFields)
      ? versionProblem(fieldRef)
      : 'fieldRef.fieldPath is no field that files can have: metadata.name, namespace, uid, labels or annotations';
  }
  return (
    missingProblem('resourceFieldRef.containerName', resourceFieldRef?.['containerName']) ??
    resourceProblem(resourceFieldRef ?? {})
  );
}

function versionProblem({ apiVersion = 'v1' }: Source): string | undefined {
  return apiVersion === 'v1' || apiVersion === '' ? undefined : 'fieldRef.apiVersion is v1, or left out';
}

function resourceProblem({ resource, divisor = '0' }: Source): string | undefined {
  if (!matches(resource, resourceFields)) {
    return 'resourceFieldRef.resource is none of limits and requests of the container, as limits.memory';
  }
  // The API server compares amounts, not their spelling: 1000m is 1.
  const amount = canonicalQuantity(String(divisor));
  const fits = String(resource).endsWith('.cpu') ? cpuDivisors.includes(amount) : byteDivisor.test(amount);
  return fits ? undefined : 'resourceFieldRef.divisor is 1 or 1m for cpu, else 1 with a unit or without';
}

function matches(text: unknown, shape: RegExp): boolean {
  return typeof text === 'string' && shape.test(text);
}

/** True for a path below a directory: relative, and never upwards. */
export function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}
