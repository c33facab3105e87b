/** Takes objects in as an API server would: names, kinds and schemas are looked at before anything is decided. */
import { reasons } from '../../api/conditions.ts';
import type { BundledCrd } from '../../api/crds.ts';
import { unpackCrds } from '../../controllers/crds/bundled.ts';
import type { KubeObject, Secret } from '../../api/kubernetes.ts';
import type { FieldPath, Refusal, Warning } from '../../api/refusal.ts';
import { nearest } from '../../config/nearest.ts';
import { showValue } from '../../resolve/findings.ts';
import type { SourceObject } from '../documents.ts';
import type { Schema } from './schema-keywords.ts';
import { admit, type SchemaMistake } from './schema.ts';

/** Objects as they would be stored, and what is wrong with them. */
export interface Admitted {
  readonly sources: readonly SourceObject[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

/** Schemas of our kinds, by `apiVersion kind`. */
export type Schemas = ReadonlyMap<string, Schema>;

const operatorGroup = 'operator.tigera.io';
const calicoGroup = 'crd.projectcalico.org';

/** The schemas of the CRDs that this release carries. */
export async function loadSchemas(): Promise<Schemas> {
  return new Map((await unpackCrds()).flatMap(schemasOf));
}

function schemasOf({ json }: BundledCrd): readonly (readonly [string, Schema])[] {
  const { spec } = JSON.parse(json) as {
    readonly spec: {
      readonly group: string;
      readonly names: { readonly kind: string };
      readonly versions: readonly {
        readonly name: string;
        readonly schema: { readonly openAPIV3Schema: Schema };
      }[];
    };
  };
  return spec.versions.map(({ name, schema }) => [
    `${spec.group}/${name} ${spec.names.kind}`,
    schema.openAPIV3Schema,
  ]);
}

/** Looks at every object. Those of kinds that are not ours are taken as they are. Pure. */
export function admitObjects(
  sources: readonly SourceObject[],
  schemas: Schemas,
  operatorNamespace: string,
): Admitted {
  const admitted = sources.map((source) => admitObject(placed(source, operatorNamespace), schemas));
  const kept = admitted.map(({ source }) => source);
  return {
    sources: kept,
    refusals: [...admitted.flatMap(({ refusals }) => refusals), ...repeated(kept)],
    warnings: admitted.flatMap(({ warnings }) => warnings),
  };
}

/** How an object is called in messages. */
export function describeObject({ kind, metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

const namespacedKinds = new Set(['ConfigMap', 'Secret', 'Service', 'DaemonSet', 'Deployment']);

/** Who writes no namespace means the operator's; `stringData` of a Secret ends up in `data`. */
function placed(source: SourceObject, operatorNamespace: string): SourceObject {
  const { object } = source;
  const namespace =
    object.metadata.namespace ?? (namespacedKinds.has(object.kind) ? operatorNamespace : undefined);
  const metadata = namespace === undefined ? object.metadata : { ...object.metadata, namespace };
  if (object.kind !== 'Secret') return { ...source, object: { ...object, metadata } };
  const { stringData = {}, ...secret } = object as Secret & {
    readonly stringData?: Readonly<Record<string, unknown>>;
  };
  const data: Record<string, string> = { ...secret.data };
  for (const [key, value] of Object.entries(stringData)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    data[key] = Buffer.from(text).toString('base64');
  }
  const stored: Secret = { ...secret, metadata, data };
  return { ...source, object: stored };
}

interface OneAdmitted {
  readonly source: SourceObject;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

function admitObject(source: SourceObject, schemas: Schemas): OneAdmitted {
  const { object } = source;
  const group = object.apiVersion.replace(/\/.*/, '');
  if (group !== operatorGroup && group !== calicoGroup) return { source, refusals: [], warnings: [] };
  const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
  if (schema === undefined) return { source, ...unknownKind(object, group, schemas) };
  const { spec = {} } = object as KubeObject & { readonly spec?: unknown };
  const { value, mistakes } = admit(schema.properties?.['spec'] ?? {}, spec, 'spec');
  const says = (wanted: boolean): readonly Refusal[] =>
    mistakes
      .filter((mistake) => isFatal(mistake, group) === wanted)
      .map((mistake) => refuse(object, mistake));
  return {
    source: { ...source, object: { ...object, spec: value } as KubeObject },
    refusals: [...nameMistakes(object), ...says(true)],
    warnings: says(false),
  };
}

/** Calico's own kinds are context: a field that only a newer Calico knows does no harm there. */
function isFatal({ unknown }: SchemaMistake, group: string): boolean {
  return unknown !== true || group === operatorGroup;
}

interface Finding {
  readonly field?: FieldPath;
  readonly value?: unknown;
  readonly problem: string;
  readonly cure: string;
}

function refuse(object: KubeObject, { field, value, problem, cure }: Finding): Refusal {
  return {
    reason: reasons.InvalidConfigurationError,
    object: describeObject(object),
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value: showValue(value) }),
    problem,
    cure,
  };
}

/** A kind of our groups that the release does not carry: misspelt, of another version, or of another product. */
function unknownKind(object: KubeObject, group: string, schemas: Schemas): Omit<OneAdmitted, 'source'> {
  const known = [...schemas.keys()].flatMap((key) => {
    const [apiVersion = '', kind = ''] = key.split(' ');
    return apiVersion.startsWith(`${group}/`) ? [{ apiVersion, kind }] : [];
  });
  const served = known.find(({ kind }) => kind === object.kind);
  const meant = nearest(
    object.kind,
    known.map(({ kind }) => kind),
  );
  if (served === undefined && meant === undefined) {
    const problem = 'this release has no such kind, and passes it over';
    return { refusals: [], warnings: [refuse(object, { field: 'kind', problem, cure: 'Leave it out' })] };
  }
  const mistake =
    served === undefined
      ? { field: 'kind', value: object.kind, problem: 'there is no such kind', cure: `Write ${meant ?? ''}` }
      : {
          field: 'apiVersion',
          value: object.apiVersion,
          problem: `${object.kind} is not served in this version`,
          cure: `Write ${served.apiVersion}`,
        };
  return { refusals: [refuse(object, mistake)], warnings: [] };
}

function nameMistakes(object: KubeObject): readonly Refusal[] {
  const { name } = object.metadata;
  if (object.kind !== 'Installation' || name === 'default' || name === 'overlay') return [];
  const problem = 'only Installations named default and overlay are acted on';
  return [refuse(object, { field: 'metadata.name', value: name, problem, cure: 'Name it default' })];
}

function repeated(sources: readonly SourceObject[]): readonly Refusal[] {
  const seen = new Set<string>();
  return sources.flatMap(({ object, file, lineOf }) => {
    const key = `${object.apiVersion.replace(/\/.*/, '')} ${describeObject(object)}`;
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const problem = `it is given again at ${file}:${lineOf()}`;
    return [refuse(object, { problem, cure: 'Leave one of the two out' })];
  });
}
