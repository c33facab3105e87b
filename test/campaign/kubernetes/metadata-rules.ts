/** Names, labels and annotations as the API server takes them. */
import type { ObjectMeta } from '../../../src/api/kubernetes.ts';

const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export function isQualifiedName(text: string): boolean {
  const parts = text.split('/');
  const domain = parts.length === 2 ? parts[0] : undefined;
  const fits = domain === undefined || (domain.length <= 253 && subdomain.test(domain));
  return parts.length <= 2 && fits && name.test(parts.at(-1) ?? '');
}

export function isLabelValue(text: string): boolean {
  return text === '' || name.test(text);
}

/** Mistakes of labels, or of a node selector. */
export function* labelMistakes(
  labels: Readonly<Record<string, string>> | undefined,
  path: string,
): Generator<string> {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!isQualifiedName(key) || !isLabelValue(value)) yield `${path}: ${key}=${value}`;
  }
}

/** Mistakes of an object's metadata, or of a pod template's. */
export function* metadataMistakes(
  { labels, annotations = {} }: Pick<ObjectMeta, 'labels' | 'annotations'>,
  path: string,
): Generator<string> {
  yield* labelMistakes(labels, `${path}.labels`);
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    if (!isQualifiedName(key.toLowerCase())) yield `${path}.annotations: ${key}`;
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > 256 * 1024) yield `${path}.annotations: ${size} bytes`;
}

/** Names of RBAC objects are freer than others. */
export function isObjectName(kind: string, text: string): boolean {
  if (/Role/.test(kind)) return text !== '.' && text !== '..' && !/[/%]/.test(text);
  return text.length <= 253 && subdomain.test(text);
}
