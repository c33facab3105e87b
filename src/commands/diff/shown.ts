/** Objects as they are shown: what the user or the operator decides, without bookkeeping and without secrets. Pure. */
import { createHash } from 'node:crypto';
import type { KubeObject, Secret } from '../../api/kubernetes.ts';
import { withoutSubresource } from '../../apply/managed-fields.ts';
import { notShown } from '../../status/customised.ts';

/** Stands for a value of a Secret that is not the live one. */
export const anotherValue = '(another value, not shown)';

const bookkeeping = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

const hiddenAnnotations = new Set([
  // May hold a copy of the whole object, Secrets included.
  'kubectl.kubernetes.io/last-applied-configuration',
  // Counters of Kubernetes' own controllers.
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
]);

/** The parts of an object that count as its content: `status` only where it is a field like any other. */
export function comparable(object: KubeObject): KubeObject {
  const { status, metadata, ...others } = object as KubeObject & { readonly status?: unknown };
  const content = withoutSubresource.has(object.kind) ? { ...others, status } : others;
  const kept = Object.entries(metadata).filter(([key]) => !bookkeeping.has(key));
  return { ...content, metadata: Object.fromEntries(kept) as unknown as KubeObject['metadata'] };
}

/** Both sides of a change, fit to be shown. */
export function shownSides(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): { readonly before?: KubeObject; readonly after?: KubeObject } {
  const live = before?.kind === 'Secret' ? (before as Secret).data : undefined;
  return {
    ...(before === undefined ? {} : { before: show(before, live) }),
    ...(after === undefined ? {} : { after: show(after, live) }),
  };
}

function show(object: KubeObject, live: Secret['data']): KubeObject {
  const { metadata, ...content } = comparable(object);
  const { annotations, ...others } = metadata;
  const told = Object.entries(annotations ?? {}).filter(([name]) => !hiddenAnnotations.has(name));
  const shown = {
    ...content,
    metadata: annotations === undefined ? metadata : { ...others, annotations: Object.fromEntries(told) },
  } as KubeObject;
  if (shown.kind === 'Secret') return maskSecret(shown as Secret, live);
  return shown.kind === 'ConfigMap' ? shortenBundles(shown) : shown;
}

function maskSecret(secret: Secret, live: Secret['data']): Secret {
  const masked = Object.entries(secret.data ?? {}).map(([key, value]) => [
    key,
    live === undefined || live[key] === value ? notShown : anotherValue,
  ]);
  return { ...secret, data: Object.fromEntries(masked) as Record<string, string> };
}

const certificatesShown = 5;

/** The public roots are thousands of lines, and nobody reads them. */
function shortenBundles(object: KubeObject): KubeObject {
  const { data } = object as KubeObject & { readonly data?: Readonly<Record<string, string>> };
  if (data === undefined) return object;
  const shortened = Object.entries(data).map(([key, text]) => {
    const count = text.split('-----BEGIN CERTIFICATE-----').length - 1;
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
    return [key, count <= certificatesShown ? text : `(${count} certificates, SHA-256 ${digest}…)`];
  });
  return { ...object, data: Object.fromEntries(shortened) as unknown } as KubeObject;
}
