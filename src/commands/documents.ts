/** Kubernetes objects out of YAML or JSON text, each knowing the line that every field of it stands on. */
import {
  constructFromEvents,
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import type { FieldPath } from '../api/refusal.ts';
import type { KubeObject } from '../api/kubernetes.ts';

/** An object with its place in the text. */
export interface SourceObject {
  readonly object: KubeObject;
  /** The file's name as the user gave it, `-` for standard input. */
  readonly file: string;
  /** Line of a field, or of the nearest enclosing one that was written; counted from 1. */
  readonly lineOf: (field?: FieldPath) => number;
}

/** Text that is no Kubernetes object; the message names file, line and cure. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

type Lines = ReadonlyMap<FieldPath, number>;

/**
 * Reads every object of a text: several documents, JSON or YAML, and `kind: List` opened up. Empty documents are passed
 * over. Throws `DocumentError` for what is no object with apiVersion, kind and metadata.name.
 */
export function readDocuments(text: string, file: string): readonly SourceObject[] {
  const { events, documents } = parse(text, file);
  const lines = locateFields(text, events);
  return documents.flatMap((document, index) => {
    if (document === null || document === undefined) return [];
    return objectsOf(document, file, lines[index] ?? new Map<FieldPath, number>(), '');
  });
}

type Events = ReturnType<typeof parseEvents>;

function parse(
  text: string,
  file: string,
): { readonly events: Events; readonly documents: readonly unknown[] } {
  try {
    const events = parseEvents(text, { filename: file });
    const options = { source: text, filename: file, schema: CORE_SCHEMA, maxAliases: 100 };
    return { events, documents: constructFromEvents(events, options) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? '' : `:${error.mark.line + 1}`;
    throw new DocumentError(`${file}${line}: not readable as YAML or JSON: ${error.reason}`, {
      cause: error,
    });
  }
}

function objectsOf(
  document: unknown,
  file: string,
  lines: Lines,
  prefix: FieldPath,
): readonly SourceObject[] {
  const lineOf = (field = ''): number => nearestLine(lines, prefix, field);
  const fail = (problem: string): never => {
    throw new DocumentError(`${file}:${lineOf()}: ${problem}`);
  };
  if (!isRecord(document)) return fail('expected a Kubernetes object with apiVersion, kind and metadata');
  const { apiVersion, kind, metadata, items } = document;
  if (typeof apiVersion !== 'string')
    return fail('apiVersion is missing; add it, for example operator.tigera.io/v1');
  if (typeof kind !== 'string') return fail('kind is missing; add it, for example Installation');
  if (kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) => objectsOf(item, file, lines, join(prefix, `items[${index}]`)));
  }
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string') {
    return fail(`${kind} has no metadata.name; add it, for example name: default`);
  }
  return [{ object: document as unknown as KubeObject, file, lineOf }];
}

function nearestLine(lines: Lines, prefix: FieldPath, field: FieldPath): number {
  // A key in brackets, as in `data[tls.crt]`, is the field of a map.
  let path = join(prefix, field.replaceAll(/\[([^\]]*[^\]\d][^\]]*)\]/g, '.$1'));
  for (;;) {
    const line = lines.get(path);
    if (line !== undefined) return line;
    if (path === '') return 1;
    path = path.replace(/(^|\.)[^.[\]]*$|\[\d+\]$|[[\]]$/, '');
  }
}

/** For each document, the line of each field path. */
function locateFields(text: string, events: Events): readonly Lines[] {
  const lineAt = lineCounter(text);
  const documents: Map<FieldPath, number>[] = [];
  const open: Container[] = [];
  for (const event of events) {
    const parent = open.at(-1);
    if (event.type === EVENT_ID.DOCUMENT) {
      documents.push(new Map());
      open.push({ kind: 'document', path: '' });
    } else if (event.type === EVENT_ID.POP) {
      open.pop();
    } else if (parent?.kind === 'mapping' && parent.key === undefined && event.type === EVENT_ID.SCALAR) {
      parent.key = getScalarValue(text, event);
      documents.at(-1)?.set(join(parent.path, parent.key), lineAt(event.valueStart));
    } else {
      const path = childPath(parent);
      const start = event.type === EVENT_ID.SCALAR ? event.valueStart : 'start' in event ? event.start : -1;
      if (start >= 0 && !(documents.at(-1)?.has(path) ?? true)) documents.at(-1)?.set(path, lineAt(start));
      if (event.type === EVENT_ID.MAPPING) open.push({ kind: 'mapping', path, key: undefined });
      if (event.type === EVENT_ID.SEQUENCE) open.push({ kind: 'sequence', path, index: 0 });
    }
  }
  return documents;
}

type Container =
  | { readonly kind: 'document'; readonly path: FieldPath }
  | { readonly kind: 'mapping'; readonly path: FieldPath; key: string | undefined }
  | { readonly kind: 'sequence'; readonly path: FieldPath; index: number };

/** The path of the value that comes next in a container, which is thereby taken. */
function childPath(parent: Container | undefined): FieldPath {
  if (parent === undefined || parent.kind === 'document') return '';
  if (parent.kind === 'sequence') return `${parent.path}[${parent.index++}]`;
  const path = join(parent.path, parent.key ?? '');
  parent.key = undefined;
  return path;
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

function join(path: FieldPath, key: string): FieldPath {
  if (path === '' || key === '') return path + key;
  return key.startsWith('[') ? path + key : `${path}.${key}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
