/** How an authority's key signs. */
import type { KeyObject, webcrypto } from 'node:crypto';

/** Parameters to import a key into WebCrypto and to sign with it. */
export type SigningAlgorithm =
  | { readonly name: 'RSASSA-PKCS1-v1_5'; readonly hash: string }
  | { readonly name: 'ECDSA'; readonly namedCurve: string; readonly hash: string }
  | { readonly name: 'Ed25519' };

const curves: Readonly<Record<string, Readonly<{ namedCurve: string; hash: string }>>> = {
  prime256v1: { namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { namedCurve: 'P-521', hash: 'SHA-512' },
};

/** The algorithm for a private key; `undefined` for a kind that WebCrypto can't sign with. */
export function signingAlgorithm(key: KeyObject): SigningAlgorithm | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    case 'ed25519':
      return { name: 'Ed25519' };
    case 'ec': {
      const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
      return curve === undefined ? undefined : { name: 'ECDSA', ...curve };
    }
    default:
      return undefined;
  }
}

/** True when a key can sign certificates. */
export const canSign = (key: KeyObject): boolean => signingAlgorithm(key) !== undefined;

/** The key for WebCrypto, for signing alone. Throws when `canSign` says no. */
export function toSigningKey(key: KeyObject): { key: webcrypto.CryptoKey; algorithm: SigningAlgorithm } {
  const algorithm = signingAlgorithm(key);
  if (algorithm === undefined) {
    throw new TypeError(`a key of type ${key.asymmetricKeyType ?? 'unknown'} can not sign certificates`);
  }
  return { key: key.toCryptoKey(algorithm, false, ['sign']), algorithm };
}
