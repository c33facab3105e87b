/** Rules of certificates that a signer of the cluster makes. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { FieldMistake } from '../findings.ts';
import { refuse, type Rule } from './rule.ts';

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const signerShape = new RegExp(
  `^${label}([.]${label})+/[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`,
);

/** A name that the API server keeps for requests of before there were names, and takes no more. */
const legacySigner = 'kubernetes.io/legacy-unknown';

/** The authority is a certificate, the signer has the form that the API server asks for, and key and signature go together. */
export const certificateRules: Rule = (candidate) => {
  const management = candidate.spec.certificateManagement;
  if (management === undefined) return [];
  const mistakes: FieldMistake[] = [];
  if (!signerShape.test(management.signerName) || management.signerName === legacySigner) {
    mistakes.push({
      field: 'spec.certificateManagement.signerName',
      value: management.signerName,
      problem: 'it is no name of a signer that the API server takes: a domain with a dot, a slash and a name',
      cure: 'Write it as example.com/calico',
    });
  }
  if (!goTogether(management)) {
    mistakes.push({
      field: 'spec.certificateManagement.signatureAlgorithm',
      value: management.signatureAlgorithm,
      problem: `keys of ${management.keyAlgorithm ?? ''} cannot sign so`,
      cure: 'Choose an algorithm WithRSA for RSA keys and one of ECDSAWith for ECDSA keys, or leave one of the two out',
    });
  }
  if (!isPemCertificate(management.caCert)) {
    mistakes.push({
      field: 'spec.certificateManagement.caCert',
      problem: 'it is no PEM certificate in base64',
      cure: "Set it to the base64 text of the signer's authority certificate, beginning with BEGIN CERTIFICATE once decoded",
    });
  }
  return refuse(candidate, ...mistakes);
};

/** With one left open the operator fills in what fits. */
function goTogether({
  keyAlgorithm = '',
  signatureAlgorithm = '',
}: NonNullable<InstallationSpec['certificateManagement']>): boolean {
  const isEcdsa = (algorithm: string): boolean => algorithm.startsWith('ECDSA');
  return (
    keyAlgorithm === '' || signatureAlgorithm === '' || isEcdsa(keyAlgorithm) === isEcdsa(signatureAlgorithm)
  );
}

function isPemCertificate(base64: string): boolean {
  try {
    return /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/.test(atob(base64));
  } catch {
    return false;
  }
}
