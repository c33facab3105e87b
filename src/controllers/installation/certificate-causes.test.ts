import { expect, test } from '@jest/globals';
import type { AuthorityChange } from '../../api/key-pair.ts';
import type { OnDemandStore } from '../../cache/types.ts';
import { systemClock } from '../../clock.ts';
import type { RequestFacts } from '../../status/certificate-requests.ts';
import { certificateCauses, followRequests } from './certificate-causes.ts';
import type { Stores } from './stores.ts';

const request = { caCert: '', signerName: 'a.b/c', keyAlgorithm: '', signatureAlgorithm: '' };
const signal = new AbortController().signal;

/** A store that is synced when it has been asked for its state so many times. */
function storeSyncedAfter(looks: number) {
  const demands: boolean[] = [];
  let left = looks;
  const certificateRequests = {
    demand: (needed: boolean) => demands.push(needed),
    get state() {
      left -= 1;
      return left < 0 ? 'synced' : 'syncing';
    },
  } as unknown as OnDemandStore<RequestFacts>;
  return { demands, stores: { certificateRequests }, looksLeft: () => left };
}

test('requests are watched exactly while pods make some', async () => {
  const { demands, stores } = storeSyncedAfter(0);
  await followRequests({ requests: { 'node-certs': request } }, { stores, clock: systemClock }, signal);
  await followRequests({ requests: {} }, { stores, clock: systemClock }, signal);
  await followRequests({}, { stores, clock: systemClock }, signal);
  expect(demands).toEqual([true, false, false]);
});

test('a watch that begins is waited for, but not without end', async () => {
  const soon = storeSyncedAfter(3);
  const clock = { ...systemClock, sleep: () => Promise.resolve(true) };
  await followRequests({ requests: { 'node-certs': request } }, { stores: soon.stores, clock }, signal);
  expect(soon.looksLeft()).toBe(-1);
  const never = storeSyncedAfter(1_000_000);
  await followRequests({ requests: { 'node-certs': request } }, { stores: never.stores, clock }, signal);
  expect(never.looksLeft()).toBeGreaterThan(0);
});

test('requests and a change of authority are told, the requests first', () => {
  const facts: RequestFacts = { name: 'a', signerName: 'a.b/c', state: 'pending', pod: 'calico-system/p' };
  const stores = (pod: string): Pick<Stores, 'certificateRequests' | 'pods'> => ({
    certificateRequests: { list: () => [facts] } as unknown as Stores['certificateRequests'],
    pods: { list: () => [{ namespace: 'calico-system', name: pod, app: '' }] } as unknown as Stores['pods'],
  });
  const change = (held: AuthorityChange['held']): AuthorityChange => ({
    former: '',
    authority: '',
    since: '',
    held,
    mayRequest: false,
  });
  const reasonsOf = (pod: string, held?: AuthorityChange['held']) =>
    certificateCauses(held === undefined ? {} : { change: change(held) }, stores(pod)).waiting.map(
      ({ reason, message }) => `${reason} ${/Typha follows|calico-node follows/.exec(message)?.[0] ?? ''}`,
    );
  expect(reasonsOf('p')).toEqual(['CertificatePending ']);
  expect(reasonsOf('gone')).toEqual([]);
  expect(reasonsOf('p', { node: 'x', typha: 'x' })).toEqual([
    'CertificatePending ',
    'AuthorityChanging Typha follows',
  ]);
  expect(reasonsOf('gone', { node: 'x' })).toEqual(['AuthorityChanging calico-node follows']);
  expect(reasonsOf('gone', {})).toEqual([]);
});
