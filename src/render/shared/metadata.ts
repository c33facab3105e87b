import type { ObjectMeta } from '../../api/kubernetes.ts';
import type { RenderInput } from '../types.ts';

/** Text made fit for a label's value, by the reference's rule: other characters become `_`, ends are trimmed. */
function labelValue(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^[-_.]+|[-_.]+$/g, '');
}

/** Labels that every rendered object and pod carries: the recommended ones of Kubernetes, and `k8s-app`. */
export function standardLabels(name: string): Readonly<Record<string, string>> {
  const value = labelValue(name);
  return {
    'app.kubernetes.io/component': 'Installation.operator.tigera.io',
    'app.kubernetes.io/instance': 'default',
    'app.kubernetes.io/managed-by': 'tigera-operator',
    'app.kubernetes.io/name': value,
    'app.kubernetes.io/part-of': 'Calico',
    'k8s-app': value,
  };
}

/** What `objectMeta` is made from. */
export interface MetaOptions {
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string;
  /** Over the standard labels. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Metadata of an owned object: standard labels and the Installation as owner, of cluster-scoped objects too. */
export function objectMeta(input: RenderInput, name: string, options: MetaOptions = {}): ObjectMeta {
  const { namespace, labels, annotations } = options;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { ...standardLabels(name), ...labels },
    ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(input.owner === undefined ? {} : { ownerReferences: [input.owner] }),
  };
}

/** Pod annotations for collectors that go by them; none without a port. */
export function scrapeAnnotations(port: number | undefined): Readonly<Record<string, string>> {
  return port === undefined ? {} : { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(port) };
}
