/** Brings a recorded and a rendered object to one form: what the server makes or what cannot be equal goes. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { isList, isObject, type Json, type JsonObject, textOf } from './json.ts';

const droppedAnnotations = [
  /(^|\.)hash\.operator\.tigera\.io\//,
  /^certificates\.operator\.tigera\.io\/expiry$/,
  /^deprecated\.daemonset\.template\.generation$/,
  /^deployment\.kubernetes\.io\/revision$/,
];

/** Lists that mean the same in any order, by field name; those without a name are ordered by their text. */
const unordered = new Set([
  'env',
  'volumes',
  'volumeMounts',
  'tolerations',
  'containers',
  'rules',
  'apiGroups',
  'resources',
  'resourceNames',
  'verbs',
  'subjects',
]);

function cleanAnnotations(annotations: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => !droppedAnnotations.some((pattern) => pattern.test(key))),
  );
}

/** Order in which equal sets of items come out equal; a repeated item says nothing more. */
function sortList(list: readonly Json[]): readonly Json[] {
  const byText = new Map(list.map((item) => [textOf(item), item]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function walk(value: Json, field: string): Json {
  if (isList(value)) {
    const items = value.map((item) => walk(item, ''));
    return unordered.has(field) ? sortList(items) : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    if (item === undefined) return [];
    const walked = walk(key === 'annotations' && isObject(item) ? cleanAnnotations(item) : item, key);
    return key === 'annotations' && isObject(walked) && Object.keys(walked).length === 0
      ? []
      : [[key, walked]];
  });
  return Object.fromEntries(entries);
}

const hidden = '(not compared)';

const hideValues = (data: Json | undefined): Json =>
  isObject(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, hidden])) : {};

/** Fields by kind whose content is the server's, secret, or equal in meaning only. */
function reduce(object: JsonObject): JsonObject {
  const { data, spec, ...rest } = object;
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const name = metadata['name'];
  if (object['kind'] === 'Secret') return { ...object, data: hideValues(data) };
  if (object['kind'] === 'ConfigMap' && name === 'tigera-ca-bundle')
    return { ...object, data: hideValues(data) };
  if (object['kind'] === 'ConfigMap' && name === 'cni-config' && isObject(data)) {
    const { config } = data;
    return {
      ...object,
      data: { config: typeof config === 'string' ? (JSON.parse(config) as Json) : (config ?? null) },
    };
  }
  if (object['kind'] === 'Service' && isObject(spec)) {
    const { clusterIP, clusterIPs: _assigned, ...others } = spec;
    return { ...rest, spec: clusterIP === 'None' ? { ...others, clusterIP } : others };
  }
  return object;
}

/** The comparable form of an object. Applying it twice changes nothing. */
export function normalise(object: KubeObject): JsonObject {
  const { status: _status, ...rest } = JSON.parse(JSON.stringify(object)) as JsonObject;
  const metadata = isObject(rest['metadata']) ? rest['metadata'] : {};
  const references = metadata['ownerReferences'];
  const owners = isList(references)
    ? {
        ownerReferences: references.map((reference) =>
          isObject(reference)
            ? Object.fromEntries(Object.entries(reference).filter(([key]) => key !== 'uid'))
            : reference,
        ),
      }
    : {};
  return walk(reduce({ ...rest, metadata: { ...metadata, ...owners } }), '') as JsonObject;
}
