import { describe, expect, test } from '@jest/globals';
import type { EndpointSlice, Service } from '../api/kubernetes.ts';
import { apiServerAddresses, endpointAddresses, serviceAddresses } from './api-server.ts';

const service = (spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default' },
  ...(spec === undefined ? {} : { spec }),
});
const https = [{ port: 443 }];

const slice = (
  addresses: readonly string[],
  changes: Partial<EndpointSlice> & { readonly ready?: boolean } = {},
): EndpointSlice => {
  const { ready, ...others } = changes;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default' },
    addressType: 'IPv4',
    endpoints: [{ addresses, ...(ready === undefined ? {} : { conditions: { ready } }) }],
    ports: [{ name: 'https', port: 6443 }],
    ...others,
  };
};

describe('addresses of the Service', () => {
  test.each<[string, Service | undefined, readonly string[]]>([
    ['none without the Service', undefined, []],
    ['one', service({ clusterIPs: ['10.96.0.1'], ports: https }), ['10.96.0.1:443']],
    [
      'of a Service that only names the first',
      service({ clusterIP: '10.96.0.1', ports: https }),
      ['10.96.0.1:443'],
    ],
    [
      'every family and port',
      service({ clusterIPs: ['10.96.0.1', 'fd00::1'], ports: [{ port: 443 }, { port: 80 }] }),
      ['10.96.0.1:443', '10.96.0.1:80', '[fd00::1]:443', '[fd00::1]:80'],
    ],
    ['none of a headless one', service({ clusterIPs: ['None'], ports: https }), []],
    ['none of one without', service({ ports: https }), []],
  ])('%s', (_, given, addresses) => expect(serviceAddresses(given)).toEqual(addresses));
});

describe('addresses behind it', () => {
  test.each<[string, readonly EndpointSlice[], readonly string[]]>([
    ['none without slices', [], []],
    [
      'sorted, each once',
      [slice(['10.0.0.2', '10.0.0.1']), slice(['10.0.0.1'])],
      ['10.0.0.1:6443', '10.0.0.2:6443'],
    ],
    ['IPv6 in brackets', [slice(['fd00::9'], { addressType: 'IPv6' })], ['[fd00::9]:6443']],
    [
      'none that is not ready',
      [slice(['10.0.0.1'], { ready: false }), slice(['10.0.0.2'], { ready: true })],
      ['10.0.0.2:6443'],
    ],
    ['no names, which cannot be programmed', [slice(['api.example.com'], { addressType: 'FQDN' })], []],
    ['none of empty lists', [slice([], { endpoints: null }), slice(['10.0.0.1'], { ports: null })], []],
    ['none without port', [slice(['10.0.0.1'], { ports: [{ name: 'any' }] })], []],
  ])('%s', (_, slices, addresses) => expect(endpointAddresses(slices)).toEqual(addresses));
});

describe('what nodes are told changes only when it must', () => {
  const [a, b, c, d, e] = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'] as const;
  const told = (recorded: readonly string[], live: readonly string[]) =>
    apiServerAddresses({
      service: service({ clusterIPs: ['10.96.0.1'], ports: https }),
      slices: live.length === 0 ? [] : [slice(live)],
      ...(recorded.length === 0
        ? {}
        : { recorded: { services: ['10.96.0.1:443'], endpoints: recorded.map((host) => `${host}:6443`) } }),
    })?.endpoints.map((address) => address.replace(':6443', ''));

  test.each<[string, readonly string[], readonly string[], readonly string[] | undefined]>([
    ['at first, whatever is there', [], [b, a], [a, b]],
    ['nothing is known', [], [], undefined],
    ['an API server restarts', [a, b, c], [a, c], [a, b, c]],
    ['two of three restart', [a, b, c], [a], [a, b, c]],
    ['nobody answers', [a, b, c], [], [a, b, c]],
    ['the first of three is replaced', [a, b, c], [b, c, d], [a, b, c]],
    ['the second too: only one that nodes know is left', [a, b, c], [c, d, e], [c, d, e]],
    ['the only one moves', [a], [b], [b]],
    ['one becomes three', [a], [a, b, c], [a, b, c]],
    ['three become one', [a, b, c], [b], [a, b, c]],
  ])('%s', (_, recorded, live, expected) => expect(told(recorded, live)).toEqual(expected));

  test('another address of the Service is told at once, and none is kept as it was', () => {
    const recorded = { services: ['10.96.0.1:443'], endpoints: ['10.0.0.1:6443'] };
    const moved = service({ clusterIPs: ['10.97.0.1'], ports: https });
    expect(apiServerAddresses({ service: moved, slices: [slice([a])], recorded })?.services).toEqual([
      '10.97.0.1:443',
    ]);
    expect(apiServerAddresses({ slices: [slice([a])], recorded })).toEqual(recorded);
    expect(apiServerAddresses({ slices: [slice([a])] })).toBeUndefined();
  });
});
