/** Keys and randomness of the platform. */
import { getRandomValues, webcrypto } from 'node:crypto';
import type { Generator } from './sign.ts';

/** WebCrypto: keys are made off the event loop. */
export const systemGenerator: Generator = {
  generateKey: () =>
    webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']),
  randomBytes: (size) => getRandomValues(new Uint8Array(size)),
};
