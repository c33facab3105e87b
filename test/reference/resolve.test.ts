/** Defaults and refusals against those of the reference: `computed/` holds the spec as it stored it, and why it degraded. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { InstallationSpec } from '../../src/api/installation.ts';
import { resolve } from '../../src/resolve/resolve.ts';
import type { Resolution } from '../../src/resolve/types.ts';
import { snapshotOf } from './input.ts';
import { readRecording, recordingNames } from './recording.ts';

interface Computed {
  /** The Installation's spec in the end, with the defaults that the reference writes into it. */
  readonly spec: InstallationSpec;
  /** Conditions `Degraded` that were True in the end. */
  readonly degraded: readonly {
    readonly component: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

const computedOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`./computed/${name}.json`, import.meta.url), 'utf8')) as Computed;

/** Reason and field of what we refuse. Reasons that differ from the reference's are in `docs/differences.md`. */
const refused: Readonly<Record<string, { readonly reason: string; readonly field: string }>> = {
  'bad-block-larger-than-cidr': {
    reason: 'InvalidConfigurationError',
    field: 'spec.calicoNetwork.ipPools[0].blockSize',
  },
  'bad-blocksize': { reason: 'InvalidConfigurationError', field: 'spec.calicoNetwork.ipPools[0].blockSize' },
  'bad-cidr-text': { reason: 'InvalidConfigurationError', field: 'spec.calicoNetwork.ipPools[0].cidr' },
  'bad-ipip-bgp-disabled': {
    reason: 'InvalidConfigurationError',
    field: 'spec.calicoNetwork.ipPools[0].encapsulation',
  },
  'bad-ipip-v6': {
    reason: 'InvalidConfigurationError',
    field: 'spec.calicoNetwork.ipPools[0].encapsulation',
  },
  'bad-overlapping-pools': {
    reason: 'InvalidConfigurationError',
    field: 'spec.calicoNetwork.ipPools[1].cidr',
  },
  'bad-pool-outside-kubeadm': {
    reason: 'InvalidConfigurationError',
    field: 'spec.calicoNetwork.ipPools[0].cidr',
  },
  'bad-pull-secret-missing': { reason: 'ResourceReadError', field: 'spec.imagePullSecrets[0].name' },
  nonprivileged: { reason: 'InvalidConfigurationError', field: 'spec.nonPrivileged' },
  'pools-empty-list': { reason: 'ResourceNotFound', field: 'spec.calicoNetwork.ipPools' },
};

/** Recordings that the reference accepts and we refuse, and the other way round. */
const judgedOtherwise = {
  onlyWeRefuse: ['bad-overlapping-pools'],
  // An ImageSet may name the operator's image; and in `stock` the reference waited for an API server that never came.
  onlyReferenceDegrades: ['imageset', 'stock'],
};

/** Reasons that we name better than the reference. */
const otherReason = ['bad-pool-outside-kubeadm'];

/** Typha's affinity without the labels of virtual nodes that only we know. */
function withoutVirtualNodes(
  affinity: InstallationSpec['typhaAffinity'],
): InstallationSpec['typhaAffinity'] | undefined {
  const text = JSON.stringify(affinity ?? '');
  if (affinity === undefined || text.includes('"fargate"')) return undefined;
  return JSON.parse(text.replace(',"virtual-kubelet"', '')) as InstallationSpec['typhaAffinity'];
}

/** What the reference stores otherwise than we compute. */
function asReferenceStores(name: string, resolution: Resolution): InstallationSpec | undefined {
  if (resolution.kind === 'refused') return undefined;
  const { kubernetesProvider, typha: _ours, typhaAffinity, ...spec } = resolution.resolved.spec;
  const theirs = withoutVirtualNodes(typhaAffinity);
  const withProvider = {
    ...spec,
    ...(kubernetesProvider === '' ? {} : { kubernetesProvider }),
    ...(theirs === undefined ? {} : { typhaAffinity: theirs }),
  };
  if (name !== 'bad-cidr-host-bits') return withProvider;
  const [pool] = spec.calicoNetwork.ipPools ?? [];
  const asWritten = pool === undefined ? [] : [{ ...pool, cidr: '10.244.0.1/16' }];
  return { ...withProvider, calicoNetwork: { ...spec.calicoNetwork, ipPools: asWritten } };
}

describe.each(recordingNames())('%s', (name) => {
  const { spec, degraded } = computedOf(name);
  const resolution = resolve(snapshotOf(readRecording(name), 'Always'));
  const expected = refused[name];

  if (expected === undefined) {
    test('is accepted with the same defaults', () => {
      expect(asReferenceStores(name, resolution)).toEqual(spec);
      expect(degraded.length > 0).toBe(judgedOtherwise.onlyReferenceDegrades.includes(name));
    });
  } else {
    test('is refused, with field, value and cure', () => {
      expect(resolution).toMatchObject({ kind: 'refused', refusals: [expected] });
      expect(degraded.length === 0).toBe(judgedOtherwise.onlyWeRefuse.includes(name));
      const reasons = degraded.map(({ reason }) => reason);
      const isSame = reasons.length === 0 || reasons.includes(expected.reason);
      expect(isSame).toBe(!otherReason.includes(name));
    });
  }
});

test('host bits are accepted with a warning that says what is taken', () => {
  const resolution = resolve(snapshotOf(readRecording('bad-cidr-host-bits'), 'Always'));
  expect(resolution.kind === 'resolved' && resolution.resolved.warnings).toMatchObject([
    { field: 'spec.calicoNetwork.ipPools[0].cidr', value: '10.244.0.1/16', cure: 'Write 10.244.0.0/16' },
  ]);
});
