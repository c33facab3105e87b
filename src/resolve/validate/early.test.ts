import { describe, expect, test } from '@jest/globals';
import type { IPPool } from '../../api/calico.ts';
import type { InstallationSpec, IPPoolSpec } from '../../api/installation.ts';
import { resolve } from '../resolve.ts';
import { defaultSnapshot, type SnapshotParts } from '../testing.ts';

/** What Calico's programs would only find out on the nodes, or never say. */
const refusalsOf = (parts: SnapshotParts) => {
  const resolution = resolve(defaultSnapshot(parts));
  return resolution.kind === 'refused' ? resolution.refusals : [];
};

type Network = NonNullable<InstallationSpec['calicoNetwork']>;
const network = (calicoNetwork: Network): InstallationSpec => ({ calicoNetwork });
const pools = (...ipPools: readonly IPPoolSpec[]): InstallationSpec => network({ ipPools });
const place = 'spec.calicoNetwork.ipPools[0]';

describe('refused before a node would fail', () => {
  test.each<[string, InstallationSpec, string, string, string]>([
    [
      'a selector that is none',
      pools({ cidr: '10.0.0.0/16', nodeSelector: "rack = 'a'" }),
      `${place}.nodeSelector`,
      "rack = 'a'",
      "rack == 'a'",
    ],
    [
      'a range around link-local addresses',
      pools({ cidr: '169.0.0.0/8' }),
      `${place}.cidr`,
      '169.0.0.0/8',
      'outside of 169.254.0.0/16',
    ],
    [
      'a pattern of interfaces that is none',
      network({ nodeAddressAutodetectionV4: { interface: 'eth0, *' } }),
      'spec.calicoNetwork.nodeAddressAutodetectionV4.interface',
      'eth0, *',
      'eth.*',
    ],
    [
      'a pattern of interfaces to skip that is none',
      network({ nodeAddressAutodetectionV6: { skipInterface: 'br-(' } }),
      'spec.calicoNetwork.nodeAddressAutodetectionV6.skipInterface',
      'br-(',
      '^br-.*',
    ],
    [
      'a range as address to reach',
      network({ nodeAddressAutodetectionV4: { canReach: '10.0.0.0/8' } }),
      'spec.calicoNetwork.nodeAddressAutodetectionV4.canReach',
      '10.0.0.0/8',
      '8.8.8.8',
    ],
    [
      'a proxy that is none',
      { proxy: { httpProxy: 'http://proxy .example.com' } },
      'spec.proxy.httpProxy',
      'http://proxy .example.com',
      'http://proxy.example.com:3128',
    ],
    [
      'a proxy of another protocol',
      { proxy: { httpsProxy: 'ftp://proxy' } },
      'spec.proxy.httpsProxy',
      'ftp://proxy',
      'http://',
    ],
    [
      'a list of hosts without commas',
      { proxy: { noProxy: '10.0.0.0/8 .svc' } },
      'spec.proxy.noProxy',
      '10.0.0.0/8 .svc',
      'commas',
    ],
    [
      'BGP of a foreign plugin, without any pool',
      { cni: { type: 'AmazonVPC' }, ...network({ bgp: 'Enabled' }) },
      'spec.calicoNetwork.bgp',
      'Enabled',
      'Set bgp to Disabled',
    ],
  ])('%s', (_name, spec, field, value, cure) => {
    expect(refusalsOf({ spec })).toEqual([
      expect.objectContaining({ field, value, cure: expect.stringContaining(cure) as unknown }),
    ]);
  });

  test('the password of a proxy is not shown', () => {
    const [refusal] = refusalsOf({ spec: { proxy: { httpProxy: 'ftp://me:secret@proxy' } } });
    expect(JSON.stringify(refusal)).not.toContain('secret');
  });
});

describe('accepted', () => {
  test.each<[string, InstallationSpec]>([
    ['selectors', pools({ cidr: '10.0.0.0/16', nodeSelector: "rack in {'a', 'b'} && !has(gpu)" })],
    ['patterns', network({ nodeAddressAutodetectionV4: { interface: 'eth.*,en[op].*' } })],
    ['a name to reach', network({ nodeAddressAutodetectionV4: { canReach: 'www.example.com' } })],
    ['an IPv6 address to reach', network({ nodeAddressAutodetectionV6: { canReach: '2001:db8::1' } })],
    [
      'proxies',
      {
        proxy: {
          httpProxy: 'proxy:3128',
          httpsProxy: 'https://me:x@[fd00::1]:3128/',
          noProxy: '10.0.0.0/8, .svc,localhost',
        },
      },
    ],
  ])('%s', (_name, spec) => {
    expect(refusalsOf({ spec })).toEqual([]);
  });
});

describe('a pool of somebody else', () => {
  const live = (spec: NonNullable<IPPool['spec']>): IPPool => ({
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPPool',
    metadata: { name: 'theirs' },
    spec,
  });
  const warningsOf = (spec: InstallationSpec, pool: IPPool) => {
    const resolution = resolve(defaultSnapshot({ spec, pools: [pool] }));
    return resolution.kind === 'resolved' ? resolution.resolved.warnings : resolution.refusals;
  };
  const ipip = live({ cidr: '10.9.0.0/16', ipipMode: 'Always' });

  test('that cannot work under the settings is told, as nobody listed it', () => {
    expect(warningsOf(network({ bgp: 'Disabled' }), ipip)).toMatchObject([
      { reason: 'ConfigurationWarning', value: 'IPPool theirs: IPIP' },
    ]);
    expect(warningsOf({ cni: { type: 'AmazonVPC' } }, ipip)).toHaveLength(1);
  });

  test('that works, or gives pods nothing, is not', () => {
    expect(warningsOf({}, ipip)).toEqual([]);
    const disabled = live({ cidr: '10.9.0.0/16', ipipMode: 'Always', disabled: true });
    const spec = network({ bgp: 'Disabled', ipPools: [{ cidr: '10.1.0.0/16' }] });
    expect(warningsOf(spec, disabled)).toEqual([]);
  });
});
