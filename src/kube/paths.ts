/** Addresses of resources and objects. Pure. */
import type { ResourceType } from '../api/resources.ts';

/** Parameters of a query; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A place below a resource. Without a name: the whole resource, or one namespace of it. */
export interface ResourcePlace {
  readonly resource: ResourceType;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/**
 * The path of a resource, of an object or of its subresource, with its query.
 * Throws when a namespaced object is addressed without its namespace, or a cluster-scoped one with one: a mistake of ours.
 */
export function resourcePath(place: ResourcePlace, query: Query = {}): string {
  const { resource, namespace, name, subresource } = place;
  if (!resource.namespaced && namespace !== undefined) {
    throw new Error(
      `${resource.kind} ${name ?? ''} is cluster-scoped, yet addressed in namespace ${namespace}`,
    );
  }
  if (resource.namespaced && name !== undefined && namespace === undefined) {
    throw new Error(`${resource.kind} ${name} is addressed without its namespace`);
  }
  const group = resource.group === '' ? ['api'] : ['apis', resource.group];
  const parts = [...group, resource.version];
  if (namespace !== undefined) parts.push('namespaces', namespace);
  parts.push(resource.plural);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(subresource);
  return withQuery(`/${parts.map(encodeURIComponent).join('/')}`, query);
}

/** A path with a query behind it, in the order given. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}
