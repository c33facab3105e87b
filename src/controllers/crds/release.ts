/** The order of releases: Semantic Versioning 2.0.0, §11. Pure. */

interface Release {
  readonly numbers: readonly number[];
  readonly preRelease: readonly string[];
}

/**
 * Negative when `a` is older than `b`, positive when it is newer, 0 when neither; `undefined` when one of them is no
 * semantic version. A leading `v` and build metadata don't count.
 */
export function compareReleases(a: string, b: string): number | undefined {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined) return undefined;
  const numbers = left.numbers.map((number, index) => number - (right.numbers[index] ?? 0));
  return numbers.find((difference) => difference !== 0) ?? comparePre(left.preRelease, right.preRelease);
}

function parse(text: string): Release | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch, preRelease = ''] = match;
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    preRelease: preRelease === '' ? [] : preRelease.split('.'),
  };
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  // Any pre-release comes before its release.
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const difference = compareIdentifiers(left, right);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
