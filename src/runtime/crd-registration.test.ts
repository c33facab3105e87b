import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../fake-clock.ts';
import type { KubeClient } from '../kube/types.ts';
import { parseDefinition, registerDefinition } from './crd-registration.ts';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'tests.example.org' },
  spec: {
    group: 'example.org',
    names: { kind: 'Test', plural: 'tests' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'string', default: 'x', 'x-kubernetes-validations': [{ rule: 'true' }] },
        },
      },
    ],
  },
};

function register(methods: Partial<KubeClient>, signal = new AbortController().signal) {
  const clock = new FakeClock();
  const client = methods as KubeClient;
  const registering = registerDefinition(definition, { client, clock, fieldManager: 'test', signal });
  return { clock, registering };
}

const withCondition = (type: string, status: string, message: string) => ({
  ...definition,
  status: { conditions: [{ type, status, message }] },
});

describe('registration of a definition', () => {
  test('applies every key as it stands and waits until it is served', async () => {
    const applied: unknown[] = [];
    let reads = 0;
    const { clock, registering } = register({
      apply: (resource, object) => {
        applied.push(resource.plural, object);
        return Promise.resolve(definition);
      },
      get: () => {
        reads += 1;
        return Promise.resolve(withCondition('Established', reads < 3 ? 'False' : 'True', 'wait'));
      },
    });
    await clock.advance(300);
    await registering;
    expect(reads).toBe(3);
    expect(applied).toEqual(['customresourcedefinitions', definition]);
  });

  test('one that is never served fails after 30 s and says why', async () => {
    const current = withCondition('NamesAccepted', 'False', '"tests" is already in use');
    const { clock, registering } = register({
      apply: () => Promise.resolve(current),
      get: () => Promise.resolve(current),
    });
    const failed = expect(registering).rejects.toThrow('"tests" is already in use');
    await clock.advance(31_000);
    await failed;
  });

  test('a stop ends the waiting', async () => {
    const stop = new AbortController();
    const get = () => Promise.resolve(definition);
    const { clock, registering } = register({ apply: get, get }, stop.signal);
    const failed = expect(registering).rejects.toThrow('enough');
    await clock.advance(100);
    stop.abort(new Error('enough'));
    await failed;
  });
});

describe('parsing a definition', () => {
  test('reads YAML and JSON without turning texts that look like times into something else', () => {
    const text = JSON.stringify({
      ...definition,
      metadata: { name: 'tests.example.org', labels: { since: '2026-01-01' } },
    });
    expect(parseDefinition(text, 'tests.json').metadata.labels).toEqual({ since: '2026-01-01' });
    const yaml = text.replace('"2026-01-01"', '2026-01-01');
    expect(parseDefinition(yaml, 'tests.yaml').metadata.labels).toEqual({ since: '2026-01-01' });
  });

  test.each([
    'kind: ConfigMap',
    '',
    '[]',
    'null',
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {group: b}',
  ])('refuses %j by the name of its file', (text) => {
    expect(() => parseDefinition(text, 'crd.yaml')).toThrow('crd.yaml is no CustomResourceDefinition');
  });
});
