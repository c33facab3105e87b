/** Objects as text: the same bytes for the same objects, and no secret in them. */
import { dump } from 'js-yaml';
import type { KubeObject, Secret } from '../../api/kubernetes.ts';
import { notShown } from '../../status/customised.ts';

/** Forms of output. */
export const formats = ['yaml', 'json'] as const;
/** One of them. */
export type Format = (typeof formats)[number];

const secretComment =
  '# Values are not shown: the operator issues them in the cluster, or copies them from its own namespace.\n';

/** How objects are printed. */
export interface PrintOptions {
  /** Values of Secrets: by default hidden. */
  readonly secrets?: 'hidden' | 'shown';
}

/** Prints objects in the order given: documents of YAML, or one List in JSON. */
export function printObjects(
  objects: readonly KubeObject[],
  format: Format,
  { secrets = 'hidden' }: PrintOptions = {},
): string {
  const isHidden = ({ kind }: KubeObject): boolean => kind === 'Secret' && secrets === 'hidden';
  const shown = objects.map(
    (object) => inOrder(isHidden(object) ? withoutSecrets(object) : object) as KubeObject,
  );
  switch (format) {
    case 'json':
      return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: shown }, undefined, 2)}\n`;
    case 'yaml':
      return shown.map((object) => `---\n${isHidden(object) ? secretComment : ''}${toYaml(object)}`).join('');
  }
}

/** An object as YAML, its keys in the order in which people expect them. */
export function printYaml(object: KubeObject): string {
  return toYaml(inOrder(object));
}

/** Every text that YAML 1.1 or 1.2 would take for something else is quoted, and no line is folded. */
function toYaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true, seqNoIndent: true });
}

/** `stringData`, since base64 of a remark would pass for a value. */
function withoutSecrets(object: KubeObject): KubeObject {
  const { data = {}, ...secret } = object as Secret;
  const stringData: Readonly<Record<string, string>> = Object.fromEntries(
    Object.keys(data).map((key) => [key, notShown]),
  );
  return { ...secret, stringData } as Secret;
}

const firstKeys = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'labels', 'annotations'];

/** Keys as people expect them: what tells an object apart first, then by the alphabet. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => compareKeys(a, b)).map(([key, item]) => [key, inOrder(item)]),
  );
}

function compareKeys(a: string, b: string): number {
  const difference = rank(a) - rank(b);
  return difference !== 0 ? difference : a < b ? -1 : 1;
}

function rank(key: string): number {
  const place = firstKeys.indexOf(key);
  return place === -1 ? firstKeys.length : place;
}
