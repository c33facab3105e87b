/**
 * Bounds of what overrides add to pods: where variables and volumes take their content from, and where volumes are
 * mounted. As in pod-bounds: what the API server would refuse in a workload is refused in the Installation.
 */
import { hostPathTypes } from '../workload-override.ts';
import type { Rule } from './kit.ts';
import { domainName, manyEntries, notNegative, type PlainSchema } from './pod-bounds.ts';

const text = (bounds: PlainSchema): PlainSchema => ({ type: 'string', ...bounds });

/** Of a ConfigMap, a Secret and their like. */
const objectName = text({ maxLength: 253, pattern: domainName });

const dataKey = text({ maxLength: 253, pattern: '^[.]?[-\\w][-.\\w]*$' });

/** Below the volume: no step begins with "..". */
const filePath = text({ pattern: '^([.]|[.]?[^/.][^/]*)(/([.]?|[.]?[^/.][^/]*))*$' });

const fileMode: PlainSchema = { type: 'integer', minimum: 0, maximum: 0o777 };

const fieldOfVariable =
  "^(metadata[.](name|namespace|uid|(labels|annotations)\\['.+'\\])|spec[.](nodeName|serviceAccountName)|status[.](hostIPs?|podIPs?))$";
const fieldOfFile = "^metadata[.](name|namespace|uid|(labels|annotations)(\\['.+'\\])?)$";

const atRoot: Rule = {
  rule: "self.matches(r'^(/|[A-Za-z]:[/\\\\])') && !self.matches(r'(^|[/\\\\])[.][.]([/\\\\]|$)')",
  message: 'must be an absolute path without ".."',
};
const absolutePath = text({ maxLength: 4096, 'x-kubernetes-validations': [atRoot] });

/** By name of the object and of its field; what stands in a list counts as of the list's name. */
const bounds: Readonly<Record<string, PlainSchema>> = {
  'configMapKeyRef.key': dataKey,
  'configMapKeyRef.name': objectName,
  'secretKeyRef.key': dataKey,
  'secretKeyRef.name': objectName,
  'fieldRef.apiVersion': text({ enum: ['', 'v1'] }),
  'resourceFieldRef.resource': text({
    pattern: '^(limits|requests)[.](cpu|memory|ephemeral-storage|hugepages-.+)$',
  }),
  'configMap.defaultMode': fileMode,
  'configMap.name': objectName,
  'secret.defaultMode': fileMode,
  'secret.name': objectName,
  'secret.secretName': objectName,
  'downwardAPI.defaultMode': fileMode,
  'projected.defaultMode': fileMode,
  'items.key': dataKey,
  'items.mode': fileMode,
  'items.path': filePath,
  'serviceAccountToken.path': filePath,
  'serviceAccountToken.expirationSeconds': { type: 'integer', format: 'int64', minimum: 600 },
  'persistentVolumeClaim.claimName': objectName,
  'csi.driver': { ...objectName, maxLength: 63 },
  'nodePublishSecretRef.name': objectName,
  'hostPath.path': absolutePath,
  'hostPath.type': text({ enum: hostPathTypes }),
  'nfs.path': absolutePath,
  'nfs.server': text({ minLength: 1 }),
  'emptyDir.medium': text({ pattern: '^(Memory|HugePages(-.+)?)?$' }),
};

/** Names without which a source is none, wherever the type has them. */
const needed: Readonly<Record<string, readonly string[]>> = {
  configMapKeyRef: ['name'],
  secretKeyRef: ['name'],
  configMap: ['name'],
  secret: ['name', 'secretName'],
  nodePublishSecretRef: ['name'],
};

const oneContent: Rule = {
  rule: 'has(self.fieldRef) != has(self.resourceFieldRef)',
  message: 'a file takes either fieldRef or resourceFieldRef',
};

interface Place {
  /** Pattern of `fieldRef.fieldPath`. */
  readonly fieldPath: string;
  /** `resourceFieldRef` has to say whose container's. */
  readonly namesContainer: boolean;
}

function requiredOf(name: string, schema: PlainSchema, { namesContainer }: Place): readonly string[] {
  const already = (schema['required'] ?? []) as readonly string[];
  const more = (needed[name] ?? []).filter((field) => schema.properties?.[field] !== undefined);
  return [...already, ...more, ...(namesContainer && name === 'resourceFieldRef' ? ['containerName'] : [])];
}

function bound(schema: PlainSchema, name: string, place: Place): PlainSchema {
  const { items, properties } = schema;
  if (items !== undefined) return { ...schema, maxItems: manyEntries, items: bound(items, name, place) };
  if (properties === undefined) return schema;
  const fields = Object.entries(properties).map(([field, property]): [string, PlainSchema] => {
    if (name === 'fieldRef' && field === 'fieldPath') return [field, text({ pattern: place.fieldPath })];
    if (place.namesContainer && field === 'containerName') return [field, text({ minLength: 1 })];
    if (name === 'emptyDir' && field === 'sizeLimit') return [field, notNegative(property)];
    return [field, bounds[`${name}.${field}`] ?? bound(property, field, place)];
  });
  const required = requiredOf(name, schema, place);
  const hasContent = properties['fieldRef'] !== undefined && properties['path'] !== undefined;
  return {
    ...schema,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(fields),
    ...(hasContent ? { 'x-kubernetes-validations': [oneContent] } : {}),
  };
}

/** `valueFrom` of a variable. */
export const boundedVariableSource = (schema: PlainSchema): PlainSchema =>
  bound(schema, 'valueFrom', { fieldPath: fieldOfVariable, namesContainer: false });

/** A volume, but for its name. */
export const boundedVolumeSource = (schema: PlainSchema): PlainSchema =>
  bound(schema, 'volume', { fieldPath: fieldOfFile, namesContainer: true });

const subPath = text({ maxLength: 1024 });

const mountRules: readonly Rule[] = [
  {
    rule: "![has(self.subPath) ? self.subPath : '', has(self.subPathExpr) ? self.subPathExpr : ''].exists(p, p.matches('^/|(^|/)[.][.](/|$)'))",
    message: 'subPath and subPathExpr are relative, without ".."',
  },
  {
    rule: "!has(self.subPath) || !has(self.subPathExpr) || self.subPath == '' || self.subPathExpr == ''",
    message: 'set subPath or subPathExpr, not both',
  },
  {
    rule: "!has(self.recursiveReadOnly) || self.recursiveReadOnly == 'Disabled' || has(self.readOnly) && self.readOnly && (!has(self.mountPropagation) || self.mountPropagation == 'None')",
    message: 'recursiveReadOnly needs readOnly: true, and no mountPropagation',
  },
];

/** A mount. On Linux its path is absolute and not the root; on Windows it may begin with a drive. */
export function boundedVolumeMount(schema: PlainSchema, { onWindows }: { readonly onWindows: boolean }) {
  return {
    ...schema,
    properties: {
      ...schema.properties,
      mountPath: text({
        ...(onWindows ? { minLength: 1 } : { pattern: '^/+[^/:][^:]*$' }),
        maxLength: 4096,
      }),
      mountPropagation: text({ enum: ['None', 'HostToContainer', 'Bidirectional'] }),
      name: text({ minLength: 1, maxLength: 63 }),
      recursiveReadOnly: text({ enum: ['Disabled', 'Enabled', 'IfPossible'] }),
      subPath,
      subPathExpr: subPath,
    },
    'x-kubernetes-validations': mountRules,
  } satisfies PlainSchema;
}
