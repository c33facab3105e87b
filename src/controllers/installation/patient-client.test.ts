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
const patient = (client: KubeClient, clock: FakeClock, patience = { exhausted: false }) =>
  patientWithSecrets(client, clock, signal, patience);

test('a Secret that is forbidden is tried again until the permission has come', async () => {
  const clock = new FakeClock();
  const { client, calls } = clientRefusing(3);
  const stored = patient(client, clock).apply(resources.Secret, secret, options);
  await clock.advance(700);
  await expect(stored).resolves.toBe(secret);
  expect(calls()).toBe(4);
});

test('but not for ever, and not again until it has come', async () => {
  const clock = new FakeClock();
  const { client, calls } = clientRefusing(6);
  const { apply } = patient(client, clock);
  const refused = expect(apply(resources.Secret, secret, options)).rejects.toThrow('forbidden');
  await clock.advance(2_000);
  await refused;
  expect(calls()).toBe(5);

  await expect(apply(resources.Secret, secret, options)).rejects.toThrow('forbidden');
  await expect(apply(resources.Secret, secret, options)).resolves.toBe(secret);
  expect(calls()).toBe(7);

  const again = clientRefusing(1);
  const patience = { exhausted: true };
  await expect(
    patient(again.client, clock, patience).apply(resources.Secret, secret, options),
  ).rejects.toThrow();
  await patient(again.client, clock, patience).apply(resources.Secret, secret, options);
  expect(patience).toEqual({ exhausted: false });
});

test('anything else that is forbidden is told at once', async () => {
  const { client, calls } = clientRefusing(1_000);
  const clock = new FakeClock();
  await expect(patient(client, clock).apply(resources.ConfigMap, secret, options)).rejects.toThrow(
    'forbidden',
  );
  expect(calls()).toBe(1);
});
