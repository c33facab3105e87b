/** What components trust. */
import type { X509Certificate } from 'node:crypto';
import { formerAuthoritySecretName, type KeyPair } from '../api/key-pair.ts';
import type { ConfigMap } from '../api/kubernetes.ts';
import { authoritySecretName } from './constants.ts';
import { inspectCertificate, isSignedBy } from './inspect.ts';

interface Member {
  readonly namespace: string;
  readonly name: string;
  readonly pem: string;
}

/** The certificates that make up the trust of an installation. */
export interface TrustSources {
  readonly operatorNamespace: string;
  readonly authority: KeyPair;
  /** PEM of authorities of before that pods may still have certificates of. */
  readonly former?: string;
  readonly pairs: readonly KeyPair[];
  /** ConfigMap `typha-ca`, checked before. */
  readonly typhaCa?: ConfigMap;
}

/** The calico-system namespace, under which the authorities of `typha-ca` are entered as in the reference. */
const productNamespace = 'calico-system';

/**
 * The authority, the users' certificates that it did not sign, and the authorities of `typha-ca`: each under a comment
 * with its name, sorted by it, so that the text changes only when trust does.
 */
export function buildTrustBundle(sources: TrustSources): string {
  return listMembers(sources)
    .sort((a, b) => (fullName(a) < fullName(b) ? -1 : 1))
    .map((member) => `# certificate name: ${fullName(member)}\n${member.pem.trim()}\n\n`)
    .join('');
}

function listMembers({ operatorNamespace, authority, former, pairs, typhaCa }: TrustSources): Member[] {
  const signer = inspectCertificate(authority.certificate)?.certificate;
  const foreign = pairs.filter((pair) => pair.userProvided && !isSigned(pair, signer));
  const extra = typhaCa?.data?.['caBundle'];
  return [
    { namespace: operatorNamespace, name: authoritySecretName, pem: authority.certificate },
    ...(former === undefined
      ? []
      : [{ namespace: operatorNamespace, name: formerAuthoritySecretName, pem: former }]),
    ...foreign.map((pair) => ({
      namespace: operatorNamespace,
      name: pair.secretName,
      pem: pair.certificate,
    })),
    ...(extra === undefined ? [] : [{ namespace: productNamespace, name: 'typha-ca', pem: extra }]),
  ];
}

function isSigned(pair: KeyPair, signer: X509Certificate | undefined): boolean {
  const leaf = inspectCertificate(pair.certificate);
  return leaf !== undefined && signer !== undefined && isSignedBy(leaf, signer);
}

const fullName = ({ namespace, name }: Member): string => `${namespace}/${name}`;
