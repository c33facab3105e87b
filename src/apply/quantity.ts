/**
 * Kubernetes quantities (`100m`, `1Gi`, `1e3`): the API server stores them in a canonical form of its own, so they are
 * compared by what they are worth.
 */

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/;

const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};

/** Worth as a fraction: `numerator / 10^scale`. */
interface Worth {
  readonly numerator: bigint;
  readonly scale: number;
}

function parse(text: string): Worth | undefined {
  const match = pattern.exec(text);
  const [, sign = '', whole = '', fraction = '', suffix, exponent] = match ?? [];
  if (match === null || whole + fraction === '') {
    return undefined;
  }
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const power = exponent === undefined ? (decimal[suffix ?? ''] ?? 0) : Number(exponent);
  return { numerator: digits * (binary[suffix ?? ''] ?? 1n), scale: fraction.length - power };
}

function raise(worth: Worth, scale: number): bigint {
  return worth.numerator * 10n ** BigInt(scale - worth.scale);
}

/** True when both are quantities of the same worth; numbers count as their text. */
export function equalQuantities(a: unknown, b: unknown): boolean {
  if (!isScalar(a) || !isScalar(b)) {
    return false;
  }
  const [left, right] = [parse(String(a)), parse(String(b))];
  if (left === undefined || right === undefined) {
    return false;
  }
  const scale = Math.max(left.scale, right.scale);
  return raise(left, scale) === raise(right, scale);
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
