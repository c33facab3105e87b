/** Which licences the libraries that we ship may have. */

/** SPDX identifiers that allow shipping in an Apache-2.0 program without further duty than naming. */
export const allowedLicences: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);

/** The part of package-lock.json that matters here. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** The part of a package.json that matters here; older ones have an object or a list. */
export interface Manifest {
  readonly license?: string | { readonly type?: string };
  readonly licenses?: readonly { readonly type?: string }[];
}

/** A shipped package and its licence expression, empty when there is none. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/**
 * Every package that is not only for development. `readManifest` gets the path below the repository and answers nothing
 * when the package is not installed, as one for another platform; then the lock file's word counts.
 */
export function shippedPackages(
  lockfile: Lockfile,
  readManifest: (path: string) => Manifest | undefined,
): readonly ShippedPackage[] {
  return Object.entries(lockfile.packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true && entry.link !== true)
    .map(([path, entry]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version: entry.version ?? '',
      licence: licenceOf(readManifest(path)) ?? entry.license ?? '',
    }));
}

function licenceOf(manifest: Manifest | undefined): string | undefined {
  if (typeof manifest?.license === 'string') return manifest.license;
  const types = [manifest?.license, ...(manifest?.licenses ?? [])].flatMap((each) => each?.type ?? []);
  return types.length === 0 ? undefined : types.join(' OR ');
}

/** Whether an SPDX expression is satisfied by allowed licences. Brackets are read as in `(MIT OR (A AND B))`. */
export function isAllowed(expression: string, allowed: ReadonlySet<string> = allowedLicences): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  const [value, rest] = parseOr(tokens, allowed);
  return value && rest.length === 0 && tokens.length > 0;
}

type Parsed = readonly [value: boolean, rest: readonly string[]];

function parseOr(tokens: readonly string[], allowed: ReadonlySet<string>): Parsed {
  let [value, rest] = parseAnd(tokens, allowed);
  while (rest[0] === 'OR') {
    const [next, after] = parseAnd(rest.slice(1), allowed);
    [value, rest] = [value || next, after];
  }
  return [value, rest];
}

function parseAnd(tokens: readonly string[], allowed: ReadonlySet<string>): Parsed {
  let [value, rest] = parseOne(tokens, allowed);
  while (rest[0] === 'AND') {
    const [next, after] = parseOne(rest.slice(1), allowed);
    [value, rest] = [value && next, after];
  }
  return [value, rest];
}

function parseOne([first = '', ...rest]: readonly string[], allowed: ReadonlySet<string>): Parsed {
  if (first !== '(') return [allowed.has(first), rest];
  const [value, after] = parseOr(rest, allowed);
  return [value && after[0] === ')', after.slice(1)];
}
