/** Kubernetes quantities (`100m`, `1Gi`, `1e3`) as exact numbers, and in the one form that the API server stores. */

/** `numerator / denominator`; the denominator is positive. */
export interface Quantity {
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** How it was written, which the API server keeps. */
  readonly format: 'decimal' | 'binary' | 'exponent';
}

const shape = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3})|([numkMGTPE])|([KMGTPE]i))?$/;

const decimalSuffixes: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const nano = 1_000_000_000n;

/** The quantity that a text (or a bare number) says; undefined if it says none. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const match = shape.exec(String(text));
  const [, sign, whole = '', fraction = '', exponent, suffix = '', binary = ''] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const units = 1024n ** BigInt(binarySuffixes.findIndex((each) => each === binary));
  const decimal =
    (exponent === undefined ? (decimalSuffixes[suffix] ?? 0) : Number(exponent)) - fraction.length;
  const power = 10n ** BigInt(Math.abs(decimal));
  return {
    numerator: digits * units * (decimal >= 0 ? power : 1n),
    denominator: decimal >= 0 ? 1n : power,
    format: binary !== '' ? 'binary' : exponent !== undefined ? 'exponent' : 'decimal',
  };
}

/** Below, at or above zero as `one` is less than, equal to or greater than `other`. */
export function compareQuantities(one: Quantity, other: Quantity): number {
  const difference = one.numerator * other.denominator - other.numerator * one.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** True when both are quantities (text or numbers) of the same worth. */
export function equalQuantities(one: unknown, other: unknown): boolean {
  const [left, right] = [quantityOf(one), quantityOf(other)];
  return left !== undefined && right !== undefined && compareQuantities(left, right) === 0;
}

function quantityOf(value: unknown): Quantity | undefined {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
}

/** True when the quantity is a whole number. */
export function isWhole({ numerator, denominator }: Quantity): boolean {
  return numerator % denominator === 0n;
}

/** In billionths, rounded away from zero like the API server does. */
function billionths({ numerator, denominator }: Quantity): bigint {
  const scaled = numerator * nano;
  const [sign, magnitude] = scaled < 0n ? [-1n, -scaled] : [1n, scaled];
  return sign * ((magnitude + denominator - 1n) / denominator);
}

function formatDecimal(nanos: bigint, exponential: boolean): string {
  let value = nanos;
  let power = -9;
  while (value % 1000n === 0n && power < 18) {
    value /= 1000n;
    power += 3;
  }
  if (exponential) return power === 0 ? String(value) : `${String(value)}e${String(power)}`;
  const suffix = Object.entries(decimalSuffixes).find(([, exponent]) => exponent === power)?.[0] ?? '';
  return `${String(value)}${suffix}`;
}

function formatBinary(units: bigint): string {
  let value = units;
  let step = 0;
  while (value % 1024n === 0n && step < binarySuffixes.length - 1) {
    value /= 1024n;
    step += 1;
  }
  return `${String(value)}${binarySuffixes[step] ?? ''}`;
}

/**
 * A quantity as the API server stores it: `1000m` becomes `1`, `0.5` becomes `500m`, `1024Mi` becomes `1Gi`. Rendering
 * any other form would differ from the live object for ever. Text that is no quantity comes back as it is.
 */
export function canonicalQuantity(quantity: string | number): string {
  const text = String(quantity);
  const parsed = parseQuantity(text);
  if (parsed === undefined) return text;
  const nanos = billionths(parsed);
  if (nanos === 0n) return '0';
  const small = nanos > -1024n * nano && nanos < 1024n * nano;
  return parsed.format === 'binary' && !small && nanos % nano === 0n
    ? formatBinary(nanos / nano)
    : formatDecimal(nanos, parsed.format === 'exponent');
}

/** A quantity as a whole number of its unit, as bytes, rounded down; undefined for text that is no quantity. */
export function quantityValue(quantity: string | number): number | undefined {
  const parsed = parseQuantity(quantity);
  return parsed === undefined ? undefined : Number(billionths(parsed) / nano);
}
