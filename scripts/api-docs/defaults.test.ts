/** Defaults that descriptions of the Installation name are those that the operator takes. */
import { describe, expect, test } from '@jest/globals';
import { installationSpec } from '../../src/api/schema/installation/spec.ts';
import type { PlainSchema } from '../../src/api/schema/pod-bounds.ts';
import { defaultSnapshot, mustResolve } from '../../src/resolve/testing.ts';

interface Field {
  readonly path: string;
  readonly description: string;
  /** What is in effect on a plain cluster whose Installation is empty. */
  readonly value: string | number | boolean;
}

/** Every field with a plain value in what an empty spec comes to. */
function fieldsInEffect(schema: PlainSchema, value: unknown, path: string): readonly Field[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => fieldsInEffect(schema.items ?? {}, item, `${path}[]`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) =>
      fieldsInEffect(schema.properties?.[name] ?? {}, inner, path === '' ? name : `${path}.${name}`),
    );
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [{ path, description: schema['description'] as string, value }]
    : [];
}

const fields = fieldsInEffect(
  installationSpec as unknown as PlainSchema,
  mustResolve(defaultSnapshot()).spec,
  '',
);

/** Told by the field that holds it, or by the API server's own default. */
const toldElsewhere = [
  'calicoNetwork.ipPools[].cidr',
  'calicoNetwork.ipPools[].disableBGPExport',
  'calicoNetwork.ipPools[].allowedUses[]',
  'calicoNetwork.nodeAddressAutodetectionV4.firstFound',
  'kubernetesProvider',
  'flexVolumePath',
  'nodeUpdateStrategy.rollingUpdate.maxUnavailable',
];

describe('on a plain cluster', () => {
  test('all of them are looked at', () => expect(fields.length).toBeGreaterThan(25));

  test.each(fields.filter(({ path }) => !toldElsewhere.includes(path)))(
    '$path is $value by default',
    ({ description, value }) => {
      const [, told = ''] = /[Dd]efault:? (.*)$/.exec(description) ?? [];
      const words = told.split(/[ ,;]+|\.(?= |$)|\)/);
      expect(words).toContain(String(value).replace(/\)$/, ''));
    },
  );
});
