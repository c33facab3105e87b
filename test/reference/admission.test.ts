import { describe, expect, test } from '@jest/globals';
import { type Case, cases } from './admission/cases.ts';
import { evaluate } from './admission/cel.ts';
import { schemaOf } from './admission/schemas.ts';
import { recordedSpecs, refusedRecordings, storedSpecs } from './admission/specs.ts';
import { type Schema, validate } from './admission/validate.ts';

const mistakes = ({ kind = 'Installation', name = 'default', spec }: Omit<Case, 'title'>): string =>
  validate(schemaOf(kind), { apiVersion: 'v1', kind, metadata: { name }, spec }).join('\n');

const titled = cases.map((row) => [`${row.kind ?? 'Installation'}: ${row.title}`, row] as const);

describe('rules of the CRDs, evaluated without a server', () => {
  test.each(titled.filter(([, { refusal }]) => refusal === undefined))('accept %s', (_, row) => {
    expect(mistakes(row)).toBe('');
  });

  test.each(titled.filter(([, { refusal }]) => refusal !== undefined))('refuse %s', (_, row) => {
    const said = mistakes(row);
    for (const part of row.refusal ?? []) expect(said).toContain(part);
  });

  test.each(recordedSpecs)('judge recorded spec $name rightly', ({ name, spec }) => {
    const refusal = refusedRecordings.get(name);
    if (refusal === undefined) expect(mistakes({ spec })).toBe('');
    else expect(mistakes({ spec })).toContain(refusal);
  });
});

describe('specs with the defaults of the reference operator written in', () => {
  test.each(storedSpecs.filter(({ name }) => !refusedRecordings.has(name)))(
    'stay valid: $name',
    ({ spec }) => {
      expect(mistakes({ spec })).toBe('');
    },
  );
});

describe('cases', () => {
  test('break every rule of the Installation', () => {
    const said = cases.map(mistakes).join('\n');
    const messagesOf = (schema: Schema): readonly (readonly [string, string])[] => [
      ...(schema['x-kubernetes-validations'] ?? []).map(
        ({ message, messageExpression }) => [messageExpression ?? '', message] as const,
      ),
      ...Object.values(schema.properties ?? {}).flatMap(messagesOf),
      ...[schema.items, schema.additionalProperties].flatMap((inner) => (inner ? messagesOf(inner) : [])),
    ];
    const root = schemaOf('Installation');
    expect(messagesOf(root).length).toBeGreaterThan(40);
    const silent = messagesOf(root).filter(
      ([expression, message]) => expression === '' && !said.includes(message),
    );
    expect(silent).toEqual([]);
  });

  test('are told apart by an evaluator that knows what a CIDR is', () => {
    expect(evaluate('isCIDR(self) && cidr(self).prefixLength() == 16', '10.0.0.1/16')).toBe(true);
    expect(evaluate('cidr("10.0.0.0/8").containsCIDR(cidr(self))', '11.0.0.0/16')).toBe(false);
  });
});
