/** Labels and annotations as the API server takes them. */
import { type FieldMistake, sortedEntries } from '../../findings.ts';

type Pairs = Readonly<Record<string, string>> | undefined;

const nameShape = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const domainShape = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const mostAnnotations = 256 * 1024;

/** Why a text is no qualified name (`[domain/]name`); undefined if it is one. */
export function qualifiedNameProblem(key: string): string | undefined {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? parts[0] : undefined;
  if (parts.length > 2) return 'a key has at most one "/"';
  if (domain !== undefined && (domain.length > 253 || !domainShape.test(domain))) {
    return 'what stands before the "/" is no domain name';
  }
  if (name.length > 63 || !nameShape.test(name)) {
    return 'a key has up to 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit';
  }
  return undefined;
}

/** Why a text is no label value; undefined if it is one. */
export function labelValueProblem(value: string): string | undefined {
  if (value === '' || (value.length <= 63 && nameShape.test(value))) return undefined;
  return 'a value has up to 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit';
}

/** Mistakes of labels, or of a node selector. */
export function labelMistakes(labels: Pairs, field: string): readonly FieldMistake[] {
  return sortedEntries(labels).flatMap(([key, value]) => {
    const problem = qualifiedNameProblem(key) ?? labelValueProblem(value);
    return problem === undefined
      ? []
      : [{ field, value: `${key}: ${value}`, problem, cure: 'Correct or remove it' }];
  });
}

/** Mistakes of annotations: their keys, case-insensitively, and their size altogether. */
export function annotationMistakes(annotations: Pairs, field: string): readonly FieldMistake[] {
  const entries = sortedEntries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const ofKeys = entries.flatMap(([key]) => {
    const problem = qualifiedNameProblem(key.toLowerCase());
    return problem === undefined ? [] : [{ field, value: key, problem, cure: 'Correct or remove it' }];
  });
  if (size <= mostAnnotations) return ofKeys;
  const problem = `annotations hold ${mostAnnotations} characters at most, these ${size}`;
  return [...ofKeys, { field, problem, cure: 'Make them shorter' }];
}

/** True for a name as objects of most kinds have it: lower-case labels with dots between. */
export function isObjectName(name: string): boolean {
  return name.length <= 253 && domainShape.test(name);
}
