/** Kubernetes quantities as exact numbers. */

/** `numerator / denominator`; the denominator is positive. */
export interface Quantity {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const shape =
  /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:([eE])([+-]?[0-9]{1,3})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;

const decimalExponents: Readonly<Record<string, number>> = {
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
const binaryExponents: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** The quantity that a text (or a bare number) says; undefined if it says none. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const match = shape.exec(String(text));
  const [, sign, whole = '', fraction = '', , exponent, unit = ''] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const decimal =
    (exponent === undefined ? 0 : Number(exponent)) + (decimalExponents[unit] ?? 0) - fraction.length;
  const binary = 1n << BigInt(binaryExponents[unit] ?? 0);
  const power = 10n ** BigInt(Math.abs(decimal));
  return decimal >= 0
    ? { numerator: digits * binary * power, denominator: 1n }
    : { numerator: digits * binary, denominator: power };
}

/** Below, at or above zero as `one` is less than, equal to or greater than `other`. */
export function compareQuantities(one: Quantity, other: Quantity): number {
  const difference = one.numerator * other.denominator - other.numerator * one.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** True when the quantity is a whole number. */
export function isWhole({ numerator, denominator }: Quantity): boolean {
  return numerator % denominator === 0n;
}
