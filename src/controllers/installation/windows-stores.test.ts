import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { FakeClock, settle } from '../../fake-clock.ts';
import type { WindowsNeeds } from '../../resolve/windows/needs.ts';
import { type FakeStore, fakeWatches } from './fake-store.fixture.ts';
import { WindowsStores } from './windows-stores.ts';

const everything: WindowsNeeds = { ipam: true, dns: { namespace: 'kube-system', name: 'kube-dns' } };
const signal = new AbortController().signal;

function makeStores() {
  const { stores, watch } = fakeWatches();
  const windows = new WindowsStores(watch);
  const clock = new FakeClock();
  const find = (name: string) =>
    stores.find(({ selection }) => selection.fieldSelector === `metadata.name=${name}`);
  return {
    windows,
    clock,
    follow: (needs: WindowsNeeds) => windows.follow(needs, clock, signal),
    ipam: find('default') as FakeStore,
    kubeDns: find('kube-dns') as FakeStore,
    openShiftDns: find('dns-default') as FakeStore,
    watched: () => stores.filter(({ needed }) => needed).map(({ selection }) => selection.resource.kind),
  };
}

const dns = (spec: object) => ({ spec }) as Partial<KubeObject>;

test('nothing is watched, and nothing known, until it is needed', async () => {
  const { windows, follow, watched } = makeStores();
  expect(await follow({ ipam: false })).toBe(false);
  expect([watched(), windows.facts()]).toEqual([[], undefined]);
});

test('waits for what it began to read', async () => {
  const { windows, clock, follow, ipam, kubeDns, watched } = makeStores();
  const following = follow(everything);
  expect([watched(), windows.facts()]).toEqual([['IPAMConfig', 'Service'], undefined]);
  ipam.read({ spec: { strictAffinity: true } });
  kubeDns.read(dns({ clusterIPs: ['10.96.0.10', 'fd00::a'] }));
  expect(await following).toBe(true);
  expect(windows.facts()).toEqual({ strictAffinity: true, dnsServers: ['10.96.0.10', 'fd00::a'] });
  expect([await follow(everything), clock.pending]).toEqual([false, 0]);
});

test('but not for ever: Linux has to go on', async () => {
  const { windows, clock, follow, kubeDns } = makeStores();
  let told = false;
  void follow(everything).then(() => (told = true));
  kubeDns.read(dns({}));
  await clock.advance(1_900);
  expect(told).toBe(false);
  await clock.advance(200);
  await settle();
  expect([told, windows.facts()]).toEqual([true, undefined]);
  expect(await follow(everything)).toBe(false);
});

test.each<[string, (parts: ReturnType<typeof makeStores>) => void, object]>([
  ['nothing there', () => undefined, { strictAffinity: 'absent', dnsServers: [] }],
  ['no kind', ({ ipam }) => ipam.read(undefined, 'missing'), { strictAffinity: 'absent' }],
  ['no right', ({ ipam }) => ipam.read(undefined, 'forbidden'), { strictAffinity: 'forbidden' }],
  ['loose affinity', ({ ipam }) => ipam.read({ spec: {} }), { strictAffinity: false }],
  [
    'one address',
    ({ kubeDns }) => kubeDns.read(dns({ clusterIP: '10.0.0.9' })),
    { dnsServers: ['10.0.0.9'] },
  ],
  ['a headless Service', ({ kubeDns }) => kubeDns.read(dns({ clusterIPs: ['None'] })), { dnsServers: [] }],
])('%s', async (_name, change, facts) => {
  const parts = makeStores();
  const following = parts.follow(everything);
  parts.ipam.read();
  parts.kubeDns.read();
  change(parts);
  await following;
  expect(parts.windows.facts()).toMatchObject(facts);
});

test('follows another platform’s DNS, and ends with Windows', async () => {
  const { windows, follow, openShiftDns, watched } = makeStores();
  const following = follow({ ipam: false, dns: { namespace: 'openshift-dns', name: 'dns-default' } });
  expect(openShiftDns.needed).toBe(true);
  openShiftDns.read(dns({ clusterIPs: ['172.30.0.10'] }));
  await following;
  expect(windows.facts()).toEqual({ strictAffinity: 'absent', dnsServers: ['172.30.0.10'] });
  await follow({ ipam: false });
  expect([watched(), windows.facts()]).toEqual([[], undefined]);
});
