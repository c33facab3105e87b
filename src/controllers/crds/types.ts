/** CustomResourceDefinitions as far as they are compared. */
import type { KubeObject } from '../../api/kubernetes.ts';

/** A node of an OpenAPI schema. */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/** One version of a kind. */
export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources?: Readonly<Record<string, unknown>>;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
}

/** A CustomResourceDefinition. */
export interface Crd extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly versions: readonly CrdVersion[];
  };
}
