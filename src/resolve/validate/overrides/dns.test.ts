import { expect, test } from '@jest/globals';
import { dnsMistakes } from './dns.ts';

type Dns = Parameters<typeof dnsMistakes>[0];

const fieldsOf = (dns: Dns) => dnsMistakes(dns, 'pod').map(({ field }) => field);

test.each<[string, Dns]>([
  ['nothing', {}],
  ['no DNS but given servers', { dnsPolicy: 'None', dnsConfig: { nameservers: ['192.0.2.53', 'fd00::53'] } }],
  ['domains', { dnsConfig: { searches: ['example.com', 'svc.cluster.local.', '_srv.example', '.'] } }],
  [
    'an option without value',
    { dnsConfig: { options: [{ name: 'rotate' }, { name: 'ndots', value: '2' }] } },
  ],
])('%s is accepted', (_name, dns) => {
  expect(fieldsOf(dns)).toEqual([]);
});

test.each<[string, Dns, string]>([
  ['no DNS at all', { dnsPolicy: 'None' }, 'pod.dnsPolicy'],
  ['a name for an address', { dnsConfig: { nameservers: ['dns.example.com'] } }, 'pod.dnsConfig.nameservers'],
  ['an address with port', { dnsConfig: { nameservers: ['192.0.2.53:53'] } }, 'pod.dnsConfig.nameservers'],
  [
    'four servers',
    { dnsConfig: { nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'] } },
    'pod.dnsConfig.nameservers',
  ],
  ['a domain in capitals', { dnsConfig: { searches: ['Example'] } }, 'pod.dnsConfig.searches'],
  ['too many domains', { dnsConfig: { searches: Array<string>(33).fill('a.b') } }, 'pod.dnsConfig.searches'],
  ['an option without name', { dnsConfig: { options: [{ value: '1' }] } }, 'pod.dnsConfig.options[0].name'],
])('%s is refused', (_name, dns, field) => {
  expect(fieldsOf(dns)).toEqual([field]);
});
