/** The part of Kubernetes' CEL that our rules use. */
import { isIP } from 'node:net';
import { Environment } from '@marcbachmann/cel-js';
import { type Cidr, containsCidr, parseCidr } from '../../../src/resolve/cidr.ts';

/** The CEL type CIDR. */
class CidrValue {
  readonly range: Cidr;
  constructor(range: Cidr) {
    this.range = range;
  }
}

function toCidr(text: string): CidrValue {
  const parsed = parseCidr(text);
  if (parsed.kind === 'invalid') throw new Error(`${text}: ${parsed.problem}`);
  return new CidrValue(parsed.cidr);
}

const environment = new Environment({ homogeneousAggregateLiterals: false })
  .registerType('CIDR', CidrValue)
  .registerVariable('self', 'dyn')
  .registerFunction('isCIDR(dyn): bool', (text: string) => parseCidr(text).kind === 'cidr')
  // Without zones and IPv4 addresses in the form of IPv6, as the API server has it.
  .registerFunction('isIP(dyn): bool', (text: string) => isIP(text) !== 0 && !/%|^::ffff:.*[.]/i.test(text))
  .registerFunction('cidr(dyn): CIDR', toCidr)
  .registerFunction('CIDR.prefixLength(): int', ({ range }: CidrValue) => BigInt(range.prefix))
  .registerFunction('CIDR.containsCIDR(CIDR): bool', (outer: CidrValue, inner: CidrValue) =>
    containsCidr(outer.range, inner.range),
  )
  .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, to),
  );

const compiled = new Map<string, ReturnType<Environment['parse']>>();

/** JSON as CEL values: whole numbers are integers there. */
function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toCel(field)]));
}

/** Evaluates a rule or a message for a value. Throws when the expression does not compile or fails. */
export function evaluate(expression: string, self: unknown): unknown {
  const program = compiled.get(expression) ?? environment.parse(expression);
  compiled.set(expression, program);
  return program({ self: toCel(self) });
}
