/** Changes that the API server refuses on a living object, found before it is asked. */
import type { KubeObject } from '../api/kubernetes.ts';
import { equalValues } from './equality.ts';
import { isObject } from './json.ts';
import type { FieldDifference } from './types.ts';

/**
 * The immutable field in which `desired` differs from `live`, if any.
 * @param differences what compare() found; a Job may change in none of the fields of its pods
 */
export function immutableChange(
  desired: KubeObject,
  live: KubeObject,
  differences: readonly FieldDifference[],
): string | undefined {
  switch (desired.kind) {
    case 'DaemonSet':
    case 'Deployment':
      return differing(desired, live, ['spec', 'selector']);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return differing(desired, live, ['roleRef']);
    case 'CSIDriver':
      return (
        differing(desired, live, ['spec', 'attachRequired']) ??
        differing(desired, live, ['spec', 'volumeLifecycleModes'])
      );
    case 'Service':
      return isHeadless(desired) === isHeadless(live) ? undefined : 'spec.clusterIP';
    case 'Secret':
      return typeOf(desired) === typeOf(live) ? frozenData(desired, live) : 'type';
    case 'ConfigMap':
      return frozenData(desired, live);
    case 'Job':
      return differences.find(({ path }) =>
        /^spec\.(template|selector|completions|completionMode)/.test(path),
      )?.path;
    default:
      return undefined;
  }
}

/** A field that is not wanted in particular is left to the API server. */
function differing(desired: KubeObject, live: KubeObject, path: readonly string[]): string | undefined {
  const [want, have] = [valueAt(desired, path), valueAt(live, path)];
  return want === undefined || equalValues(want, have, path) ? undefined : path.join('.');
}

function isHeadless(service: KubeObject): boolean {
  return valueAt(service, ['spec', 'clusterIP']) === 'None';
}

function typeOf(secret: KubeObject): unknown {
  return valueAt(secret, ['type']) ?? 'Opaque';
}

function frozenData(desired: KubeObject, live: KubeObject): string | undefined {
  return valueAt(live, ['immutable']) === true ? differing(desired, live, ['data']) : undefined;
}

function valueAt(object: KubeObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}
