/** What the shipped roles grant, and which of it a request used. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { AuditedRequest } from '../control-plane/audit-log.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role extends KubeObject {
  readonly rules: readonly Rule[];
}

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
}

/** One verb on one resource, perhaps on one object, in one namespace or in all (empty). */
export interface Grant {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly namespace: string;
}

/** In one line, as `patch apps/daemonsets/calico-node`, with ` in <namespace>` where it is limited to one. */
export const describeGrant = ({ verb, group, resource, name, namespace }: Grant): string =>
  `${verb} ${group === '' ? '' : `${group}/`}${resource}${name === '' ? '' : `:${name}`}${namespace === '' ? '' : ` in ${namespace}`}`;

/** Every grant of the bindings in a manifest to its roles. */
export function grantsOf(manifest: readonly KubeObject[]): readonly Grant[] {
  const roles = manifest.filter(({ kind }) => kind.endsWith('Role')) as unknown as readonly Role[];
  return (
    manifest.filter(({ kind }) => kind.endsWith('RoleBinding')) as unknown as readonly Binding[]
  ).flatMap(({ roleRef, metadata: { namespace = '' } }) =>
    roles
      .filter(
        ({ kind, metadata }) =>
          kind === roleRef.kind &&
          metadata.name === roleRef.name &&
          (kind === 'ClusterRole' || metadata.namespace === namespace),
      )
      .flatMap(({ rules }) => rules.flatMap((rule) => expand(rule, namespace))),
  );
}

function expand(rule: Rule, namespace: string): readonly Grant[] {
  const { apiGroups = [], resources = [], resourceNames = [''], verbs } = rule;
  return verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.map((name) => ({ verb, group, resource, name, namespace })),
      ),
    ),
  );
}

/** Verbs that a request was authorised with: an apply that makes its object needs `create` as well. */
export function verbsOf({ verb, code }: AuditedRequest): readonly string[] {
  return verb === 'patch' && code === 201 ? ['patch', 'create'] : [verb];
}

/** Whether the grant is what allowed the request. */
export function isUsedBy(grant: Grant, request: AuditedRequest): boolean {
  const name = request.name === '' ? (nameSelected(request) ?? '') : request.name;
  return (
    verbsOf(request).includes(grant.verb) &&
    grant.group === request.group &&
    grant.resource === request.resource &&
    (grant.namespace === '' || grant.namespace === request.namespace) &&
    (grant.name === '' || grant.name === name)
  );
}

/** A list or watch by `metadata.name` is authorised as one of that object. */
export function nameSelected({ uri }: Pick<AuditedRequest, 'uri'>): string | undefined {
  const selector = new URLSearchParams(uri.split('?')[1]).get('fieldSelector');
  return selector?.startsWith('metadata.name=') ? selector.slice('metadata.name='.length) : undefined;
}
