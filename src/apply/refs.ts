/** From objects to their addresses. */
import type { KubeObject } from '../api/kubernetes.ts';
import { type ResourceType, resources } from '../api/resources.ts';
import type { ObjectRef } from '../kube/types.ts';

const byKind: ReadonlyMap<string, ResourceType> = new Map(Object.entries(resources));

/**
 * The resource of an object, with the object's own group and version.
 * @throws Error when the kind is not in src/api/resources.ts: a mistake in the program, not in its input
 */
export function resourceOf(object: Pick<KubeObject, 'apiVersion' | 'kind'>): ResourceType {
  const resource = byKind.get(object.kind);
  if (resource === undefined) {
    throw new Error(`kind ${object.kind} of ${object.apiVersion} is missing in src/api/resources.ts`);
  }
  const slash = object.apiVersion.indexOf('/');
  const group = slash === -1 ? '' : object.apiVersion.slice(0, slash);
  const version = object.apiVersion.slice(slash + 1);
  return resource.group === group && resource.version === version
    ? resource
    : { ...resource, group, version };
}

/** The address of an object. */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata;
  const resource = resourceOf(object);
  return namespace === undefined ? { resource, name } : { resource, namespace, name };
}

/** An address as people write it: `DaemonSet calico-system/calico-node`. */
export function describeRef(ref: ObjectRef): string {
  return ref.namespace === undefined
    ? `${ref.resource.kind} ${ref.name}`
    : `${ref.resource.kind} ${ref.namespace}/${ref.name}`;
}

/** A key for maps, unique among all resources. */
export function keyOf(ref: ObjectRef): string {
  return `${ref.resource.group}/${ref.resource.kind}/${ref.namespace ?? ''}/${ref.name}`;
}
