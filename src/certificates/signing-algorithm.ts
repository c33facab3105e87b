/** How an authority's key signs. */
import { type KeyObject, sign } from 'node:crypto';
import { type Der, nullValue, objectIdentifier, sequence } from './der.ts';

interface SigningAlgorithm {
  /** Object identifier of RFC 5758, RFC 8017 or RFC 8410. */
  readonly identifier: string;
  /** Absent where the algorithm has one of its own. */
  readonly hash?: string;
  /** RSA alone has parameters, and they must be NULL. */
  readonly parameters?: Der;
}

const curves: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: { identifier: '1.2.840.10045.4.3.2', hash: 'sha256' },
  secp384r1: { identifier: '1.2.840.10045.4.3.3', hash: 'sha384' },
  secp521r1: { identifier: '1.2.840.10045.4.3.4', hash: 'sha512' },
};

function signingAlgorithm(key: KeyObject): SigningAlgorithm | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { identifier: '1.2.840.113549.1.1.11', hash: 'sha256', parameters: nullValue };
    case 'ed25519':
      return { identifier: '1.3.101.112' };
    case 'ec':
      return curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
    default:
      return undefined;
  }
}

/** True when a key can sign certificates. */
export const canSign = (key: KeyObject): boolean => signingAlgorithm(key) !== undefined;

/** Signs with one key. */
export interface Signer {
  /** AlgorithmIdentifier, which stands both inside and beside what is signed. */
  readonly algorithm: Der;
  /** The signature as a certificate holds it. Computed off the event loop. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Throws when `canSign` says no. */
export function createSigner(key: KeyObject): Signer {
  const algorithm = signingAlgorithm(key);
  if (algorithm === undefined) {
    throw new TypeError(`a key of type ${key.asymmetricKeyType ?? 'unknown'} can not sign certificates`);
  }
  const { identifier, parameters, hash } = algorithm;
  return {
    algorithm: sequence(objectIdentifier(identifier), ...(parameters === undefined ? [] : [parameters])),
    sign: (message) =>
      new Promise((resolve, reject) => {
        sign(hash, message, { key, dsaEncoding: 'der' }, (error, signature) => {
          if (error === null) resolve(signature);
          else reject(error);
        });
      }),
  };
}
