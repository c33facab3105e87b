/** `Installation overlay` laid over `Installation default`. */
import type { InstallationSpec } from '../api/installation.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Objects that are merged field by field; every other object, list or map of the overlay replaces the base's as a whole.
 * `*` stands for any one step: the override blocks have the same shape.
 */
const merged: readonly string[] = [
  'cni',
  'calicoNetwork',
  'windowsNodes',
  'typha',
  ...['calicoNodeDaemonSet', 'csiNodeDriverDaemonSet', 'calicoNodeWindowsDaemonSet'].flatMap(blockPaths),
  ...['calicoKubeControllersDeployment', 'typhaDeployment', 'calicoWindowsUpgradeDaemonSet'].flatMap(
    blockPaths,
  ),
];

function blockPaths(block: string): readonly string[] {
  return ['', '.metadata', '.spec', '.spec.template', '.spec.template.metadata', '.spec.template.spec'].map(
    (path) => block + path,
  );
}

/**
 * The base with every field that the overlay sets replaced. Unset (absent, null, empty text, empty object) fields of
 * the overlay leave the base alone; an empty list counts as set. Neither input is changed.
 */
export function mergeOverlay(
  base: InstallationSpec,
  overlay: InstallationSpec | undefined,
): InstallationSpec {
  return overlay === undefined ? base : mergeFields(base, overlay, '');
}

function mergeFields(base: Fields, overlay: Fields, path: string): Fields {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(overlay)) {
    if (!isSet(value)) continue;
    const place = path === '' ? name : `${path}.${name}`;
    const below = base[name];
    result[name] =
      merged.includes(place) && isObject(below) && isObject(value) ? mergeFields(below, value, place) : value;
  }
  return result;
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !isObject(value) || Object.keys(value).length > 0;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
