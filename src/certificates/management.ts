/** `spec.certificateManagement` as certificates see it. */
import type { InstallationSpec } from '../api/installation.ts';
import type { Management } from './types.ts';

/** With the algorithm that fits where only one of the two is given: the requesting program's defaults are both RSA. */
export function readManagement(spec: InstallationSpec, object: string): Management | undefined {
  if (spec.certificateManagement === undefined) return undefined;
  const { caCert, signerName, keyAlgorithm = '', signatureAlgorithm = '' } = spec.certificateManagement;
  return {
    object,
    caCert,
    signerName,
    keyAlgorithm:
      keyAlgorithm === '' && signatureAlgorithm.startsWith('ECDSA') ? 'ECDSAWithCurve256' : keyAlgorithm,
    signatureAlgorithm:
      signatureAlgorithm === '' && keyAlgorithm.startsWith('ECDSA') ? 'ECDSAWithSHA256' : signatureAlgorithm,
  };
}
