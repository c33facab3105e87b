/** The authority of the cluster's signer, as `certificateManagement` gives it. */
import type { KeyPair } from '../api/key-pair.ts';
import { authoritySecretName, lifetimes } from './constants.ts';
import { digest, inspectCertificate } from './inspect.ts';
import { readPem } from './pem.ts';
import { formatTime, refuse, warn } from './refusals.ts';
import type { Decision, Management } from './types.ts';

const field = 'spec.certificateManagement.caCert';

/** Accepts it, or refuses it: pods whose certificates nobody can verify would be cut off from Typha. */
export function decideSignerAuthority({ caCert, object }: Management, now: number): Decision {
  const place = { object, field };
  const refusal = (problem: string, cure: string): Decision => ({
    kind: 'refuse',
    refusal: refuse(place, problem, cure),
  });
  const text = Buffer.from(caCert, 'base64').toString('utf8');
  const { certificates, broken } = readPem(text);
  const [first] = certificates;
  if (first === undefined || broken > 0) {
    return refusal(
      broken > 0 ? 'a certificate in it cannot be parsed' : 'it holds no PEM certificate',
      "Set it to the signer's authority certificate: base64 -w0 < ca.crt",
    );
  }
  const authority = certificates.find(({ certificate }) => certificate.ca);
  if (authority === undefined) {
    return refusal(
      'the certificate is no authority (CA:TRUE is missing), so that nothing signed with it would be trusted',
      'Set it to the certificate of the authority that signs, not to one that it has signed',
    );
  }
  const notAfter = authority.certificate.validToDate.getTime();
  if (now >= notAfter) {
    return refusal(
      `the authority expired at ${formatTime(notAfter)}`,
      'Renew the authority of the signer, and set caCert to the new certificate',
    );
  }
  const warnings =
    notAfter - now < lifetimes.renewBefore
      ? [
          warn(
            place,
            `the authority expires at ${formatTime(notAfter)}`,
            'Renew the authority of the signer, and set caCert to the new certificate before that',
            true,
          ),
        ]
      : [];
  return { kind: 'keep', pair: describe(text, authority.pem, notAfter), warnings };
}

function describe(certificate: string, authority: string, notAfter: number): KeyPair {
  const inspection = inspectCertificate(authority);
  return {
    secretName: authoritySecretName,
    certificate,
    privateKey: '',
    userProvided: true,
    notAfter: formatTime(notAfter),
    dnsNames: [],
    ...(inspection === undefined ? {} : { commonName: inspection.commonName }),
    issuer: inspection?.commonName ?? '',
    hash: digest(certificate),
  };
}
