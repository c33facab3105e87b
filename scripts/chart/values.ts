/** Every value of the chart, in the order of values.yaml. Schema, values.yaml and the tables of docs/helm.md come from it. */
import type { Schema } from './json-schema.ts';
import { calicoValues } from './values-calico.ts';
import { monitoringValues } from './values-monitoring.ts';
import { podValues } from './values-pod.ts';

/** What Tigera's chart `tigera-operator` has in its place. */
export type Counterpart =
  /** The same name and meaning; the default may be another. */
  | { readonly kind: 'same'; readonly note?: string }
  /** Another name, or another meaning. */
  | { readonly kind: 'other'; readonly name: string; readonly note: string };

/** One value. */
export interface Value {
  /** Such as `image.tag`. */
  readonly path: string;
  readonly default: unknown;
  /** What it does; one or more sentences. */
  readonly text: string;
  /** Left out where a CustomResourceDefinition says it. */
  readonly schema?: Schema;
  /** Left out where Tigera's chart has nothing like it. */
  readonly counterpart?: Counterpart;
  /** Lines of YAML that are shown as a comment below it. */
  readonly example?: readonly string[];
}

/** Values that go together. */
export interface Section {
  readonly title: string;
  readonly values: readonly Value[];
}

/** All values. */
export const sections: readonly Section[] = [...calicoValues, ...podValues, ...monitoringValues];
