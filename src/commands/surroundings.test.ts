import { expect, test } from '@jest/globals';
import { clusterDomainOf } from './surroundings.ts';

test.each([
  [
    'search tigera-operator.svc.cluster.example svc.cluster.example cluster.example\nnameserver 10.96.0.10',
    'cluster.example',
  ],
  ['search svc.first.local\nsearch ns.svc.second.local svc.second.local.', 'second.local'],
  ['search example.com\nnameserver 192.0.2.1', 'cluster.local'],
  ['', 'cluster.local'],
])('%j means %s', (configuration, domain) => {
  expect(clusterDomainOf(configuration)).toBe(domain);
});
