/** Short words for schemas of values. */
import type { Schema } from './json-schema.ts';

export const flag: Schema = { type: 'boolean' };
export const text: Schema = { type: 'string' };
/** Text that may be left open. */
export const optionalText: Schema = { type: ['string', 'null'] };
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const port: Schema = { type: 'integer', minimum: 1, maximum: 65535 };
/** Any object: the API server looks at it. */
export const anything: Schema = { type: 'object', additionalProperties: true };
/** Labels, annotations, selectors. */
export const words: Schema = { type: 'object', additionalProperties: { type: 'string' } };
export const labels: Schema = {
  type: 'object',
  additionalProperties: {
    type: 'string',
    maxLength: 63,
    pattern: '^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$',
  },
};
export const oneOf = (...choices: readonly string[]): Schema => ({ type: 'string', enum: choices });
/** As Prometheus has it, such as `30s`; empty is its default. */
export const prometheusDuration: Schema = { type: 'string', pattern: '^(\\d+(ms|[smhdwy]))*$' };
