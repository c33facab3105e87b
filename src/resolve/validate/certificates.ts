/** Rules of certificates that a signer of the cluster makes. */
import type { FieldMistake } from '../findings.ts';
import { refuse, type Rule } from './rule.ts';

const signerShape = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[^/\s]+$/;

/** The authority is a certificate, and the signer has the form that the API server asks for. */
export const certificateRules: Rule = (candidate) => {
  const management = candidate.spec.certificateManagement;
  if (management === undefined) return [];
  const mistakes: FieldMistake[] = [];
  if (!signerShape.test(management.signerName)) {
    mistakes.push({
      field: 'spec.certificateManagement.signerName',
      value: management.signerName,
      problem: 'it does not have the form domain/name',
      cure: 'Write it as example.com/calico',
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

function isPemCertificate(base64: string): boolean {
  try {
    return /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/.test(atob(base64));
  } catch {
    return false;
  }
}
