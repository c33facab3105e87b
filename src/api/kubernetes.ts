/**
 * Kubernetes objects as they are on the wire: plain readonly JSON. The shapes come from the client library's models,
 * with every `Date` as the RFC 3339 string that it is in JSON.
 */
import type * as k8s from '@kubernetes/client-node';

/** A model type of the client library as plain readonly JSON. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Wire<T[Key]> }
      : T;

/** What an owner reference says; see the API conventions on garbage collection. */
export type OwnerReference = Wire<k8s.V1OwnerReference>;

/** One entry of `metadata.managedFields`. */
export type ManagedFieldsEntry = Wire<k8s.V1ManagedFieldsEntry>;

/** Metadata of an object that has a name. */
export type ObjectMeta = Omit<Wire<k8s.V1ObjectMeta>, 'name'> & { readonly name: string };

/** Anything that the API server stores. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

type Typed<Model, ApiVersion extends string, Kind extends string> = Omit<
  Wire<Model>,
  'apiVersion' | 'kind' | 'metadata'
> & { readonly apiVersion: ApiVersion; readonly kind: Kind; readonly metadata: ObjectMeta };

export type ConfigMap = Typed<k8s.V1ConfigMap, 'v1', 'ConfigMap'>;
export type Namespace = Typed<k8s.V1Namespace, 'v1', 'Namespace'>;
export type Node = Typed<k8s.V1Node, 'v1', 'Node'>;
export type Pod = Typed<k8s.V1Pod, 'v1', 'Pod'>;
export type Secret = Typed<k8s.V1Secret, 'v1', 'Secret'>;
export type Service = Typed<k8s.V1Service, 'v1', 'Service'>;
export type ServiceAccount = Typed<k8s.V1ServiceAccount, 'v1', 'ServiceAccount'>;
export type ResourceQuota = Typed<k8s.V1ResourceQuota, 'v1', 'ResourceQuota'>;
export type DaemonSet = Typed<k8s.V1DaemonSet, 'apps/v1', 'DaemonSet'>;
export type Deployment = Typed<k8s.V1Deployment, 'apps/v1', 'Deployment'>;
export type Job = Typed<k8s.V1Job, 'batch/v1', 'Job'>;
export type PodDisruptionBudget = Typed<k8s.V1PodDisruptionBudget, 'policy/v1', 'PodDisruptionBudget'>;
export type ClusterRole = Typed<k8s.V1ClusterRole, 'rbac.authorization.k8s.io/v1', 'ClusterRole'>;
export type ClusterRoleBinding = Typed<
  k8s.V1ClusterRoleBinding,
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding'
>;
export type Role = Typed<k8s.V1Role, 'rbac.authorization.k8s.io/v1', 'Role'>;
export type RoleBinding = Typed<k8s.V1RoleBinding, 'rbac.authorization.k8s.io/v1', 'RoleBinding'>;
export type CSIDriver = Typed<k8s.V1CSIDriver, 'storage.k8s.io/v1', 'CSIDriver'>;
export type EndpointSlice = Omit<
  Typed<k8s.V1EndpointSlice, 'discovery.k8s.io/v1', 'EndpointSlice'>,
  'addressType' | 'endpoints' | 'ports'
> & {
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  // The API server writes empty lists as null.
  readonly endpoints: readonly Wire<k8s.V1Endpoint>[] | null;
  readonly ports?: readonly Wire<k8s.DiscoveryV1EndpointPort>[] | null;
};
export type Lease = Typed<k8s.V1Lease, 'coordination.k8s.io/v1', 'Lease'>;

export type Container = Wire<k8s.V1Container>;
export type EnvVar = Wire<k8s.V1EnvVar>;
export type Volume = Wire<k8s.V1Volume>;
export type VolumeMount = Wire<k8s.V1VolumeMount>;
export type PodTemplateSpec = Wire<k8s.V1PodTemplateSpec>;
export type PodSpec = Wire<k8s.V1PodSpec>;
export type PolicyRule = Wire<k8s.V1PolicyRule>;
export type Toleration = Wire<k8s.V1Toleration>;
export type Affinity = Wire<k8s.V1Affinity>;
export type ResourceRequirements = Wire<k8s.V1ResourceRequirements>;
