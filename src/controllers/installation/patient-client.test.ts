import { expect, test } from '@jest/globals';
import { resources } from '../../api/resources.ts';
import { FakeClock } from '../../fake-clock.ts';
import { StatusError } from '../../kube/errors.ts';
import type { KubeClient } from '../../kube/types.ts';
import { patientWithSecrets } from './patient-client.ts';

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'calico-system' } };
const forbidden = (): StatusError => new StatusError('forbidden', { code: 403, reason: 'Forbidden' });
const { signal } = new AbortController();

function clientRefusing(times: number): { readonly client: KubeClient; readonly calls: () => number } {
  let calls = 0;
  const apply: KubeClient['apply'] = (_resource, object) =>
    calls++ < times ? Promise.reject(forbidden()) : Promise.resolve(object);
  return { client: { apply } as KubeClient, calls: () => calls };
}

const options = { fieldManager: 'm', signal };

test('a Secret that is forbidden is tried again until the permission has come', async () => {
  const clock = new FakeClock();
  const { client, calls } = clientRefusing(3);
  const stored = patientWithSecrets(client, clock, signal).apply(resources.Secret, secret, options);
  await clock.advance(500);
  await expect(stored).resolves.toBe(secret);
  expect(calls()).toBe(4);
});

test('but not for ever', async () => {
  const clock = new FakeClock();
  const { client, calls } = clientRefusing(1_000);
  const stored = patientWithSecrets(client, clock, signal).apply(resources.Secret, secret, options);
  const refused = expect(stored).rejects.toThrow('forbidden');
  await clock.advance(10_000);
  await refused;
  expect(calls()).toBe(40);
});

test('anything else that is forbidden is told at once', async () => {
  const { client, calls } = clientRefusing(1_000);
  const clock = new FakeClock();
  await expect(
    patientWithSecrets(client, clock, signal).apply(resources.ConfigMap, secret, options),
  ).rejects.toThrow('forbidden');
  expect(calls()).toBe(1);
});
