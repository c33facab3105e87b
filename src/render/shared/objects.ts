/** Builders of the small kinds, all owned by the Installation. */
import type {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  KubeObject,
  PolicyRule,
  Role,
  RoleBinding,
  ServiceAccount,
} from '../../api/kubernetes.ts';
import type { DesiredObject, RenderInput, Stage } from '../types.ts';
import { type MetaOptions, objectMeta } from './metadata.ts';
import { calicoNamespace } from './names.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const rbac = `${rbacGroup}/v1`;

/** Marks an object as owned: kept as rendered and deleted with the Installation. */
export function owned(
  stage: Stage,
  object: KubeObject,
  options: Partial<Pick<DesiredObject, 'teardown' | 'component'>> = {},
): DesiredObject {
  return { object, stage, component: 'calico', ownership: 'owned', ...options };
}

/** In `calico-system` unless given. */
export function serviceAccount(
  input: RenderInput,
  name: string,
  namespace: string = calicoNamespace,
): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: objectMeta(input, name, { namespace }),
  };
}

/** A subject of a binding. Namespace: `calico-system` unless given. */
export function accountSubject(name: string, namespace: string = calicoNamespace) {
  return { kind: 'ServiceAccount', name, namespace } as const;
}

export function clusterRole(input: RenderInput, name: string, rules: readonly PolicyRule[]): ClusterRole {
  return { apiVersion: rbac, kind: 'ClusterRole', metadata: objectMeta(input, name), rules };
}

/** Binds ClusterRole `role` (the binding's own name unless given) to accounts of `calico-system`. */
export function clusterRoleBinding(
  input: RenderInput,
  name: string,
  options: { readonly role?: string; readonly accounts?: readonly string[] } = {},
): ClusterRoleBinding {
  const { role = name, accounts = [name] } = options;
  return {
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: objectMeta(input, name),
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
    subjects: accounts.map((account) => accountSubject(account)),
  };
}

/** In `calico-system` unless given. */
export function role(
  input: RenderInput,
  name: string,
  rules: readonly PolicyRule[],
  namespace: string = calicoNamespace,
): Role {
  return {
    apiVersion: rbac,
    kind: 'Role',
    metadata: objectMeta(input, name, { namespace }),
    rules,
  };
}

/** In `calico-system` unless given. */
export function roleBinding(
  input: RenderInput,
  name: string,
  options: {
    readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
    readonly subjects: NonNullable<RoleBinding['subjects']>;
  },
  namespace: string = calicoNamespace,
): RoleBinding {
  return {
    apiVersion: rbac,
    kind: 'RoleBinding',
    metadata: objectMeta(input, name, { namespace }),
    roleRef: { apiGroup: rbacGroup, ...options.role },
    subjects: options.subjects,
  };
}

/** In `calico-system`. */
export function configMap(
  input: RenderInput,
  name: string,
  data: Readonly<Record<string, string>>,
  options: Pick<MetaOptions, 'annotations'> = {},
): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: objectMeta(input, name, { ...options, namespace: calicoNamespace }),
    data,
  };
}
