/** Names and times of the operator's certificates. */
import type { WantedPair } from './types.ts';

/** The Secret of the operator's authority, in the operator's namespace. */
export const authoritySecretName = 'tigera-ca-private';

/** Common names of our authorities start so; the reference operator recognises its certificates by the same prefix. */
export const authorityNamePrefix = 'tigera-operator-signer';

const hour = 3_600_000;
const day = 24 * hour;

/** Milliseconds. */
export const lifetimes = {
  /** Ten years; leaves never outlive it. */
  authority: 3650 * day,
  /** The longest that common TLS stacks accept. */
  leaf: 825 * day,
  /** Clocks of nodes may be behind ours. */
  backdate: hour,
  /** Renewed, or for a user's own pair warned of, when less than this is left. */
  renewBefore: 30 * day,
} as const;

/** The pairs of the workloads that authenticate to each other. */
export const pairNames = { node: 'node-certs', typha: 'typha-certs' } as const;

/** The pairs that calico-node and Typha speak with. Their names are identities, not host names. */
export const coreCertificates: readonly WantedPair[] = [
  {
    secretName: pairNames.node,
    commonName: 'typha-client',
    names: ['typha-client'],
    usages: ['client'],
    identity: 'declared',
  },
  {
    secretName: pairNames.typha,
    commonName: 'typha-server',
    names: ['typha-server'],
    usages: ['server'],
    identity: 'declared',
  },
];
