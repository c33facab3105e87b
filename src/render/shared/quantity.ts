/** Resource quantities in the one form that the API server gives them back in. */

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

interface Parsed {
  /** In billionths, rounded away from zero like the API server does. */
  readonly nanos: bigint;
  readonly format: 'decimal' | 'binary' | 'exponent';
}

function parse(text: string): Parsed | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]?)|([KMGTPE]i)|[eE]([+-]?\d+))$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = '', binary, exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  let numerator = BigInt(whole + fraction) * nano;
  let denominator = 10n ** BigInt(fraction.length);
  if (binary !== undefined) {
    numerator *= 1024n ** BigInt(binarySuffixes.indexOf(binary as (typeof binarySuffixes)[number]));
  } else {
    const power = exponent === undefined ? (decimalSuffixes[suffix] ?? 0) : Number(exponent);
    if (power >= 0) numerator *= 10n ** BigInt(power);
    else denominator *= 10n ** BigInt(-power);
  }
  const magnitude = (numerator + denominator - 1n) / denominator;
  return {
    nanos: sign === '-' ? -magnitude : magnitude,
    format: binary !== undefined ? 'binary' : exponent !== undefined ? 'exponent' : 'decimal',
  };
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
  const parsed = parse(text);
  if (parsed === undefined) return text;
  const { nanos, format } = parsed;
  if (nanos === 0n) return '0';
  const small = nanos > -1024n * nano && nanos < 1024n * nano;
  return format === 'binary' && !small && nanos % nano === 0n
    ? formatBinary(nanos / nano)
    : formatDecimal(nanos, format === 'exponent');
}

/** A quantity as a whole number of its unit, as bytes, rounded down; undefined for text that is no quantity. */
export function quantityValue(quantity: string | number): number | undefined {
  const parsed = parse(String(quantity));
  return parsed === undefined ? undefined : Number(parsed.nanos / nano);
}
