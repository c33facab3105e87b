/** Texts of several certificates. */
import { X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** A certificate of a PEM text, with its own part of the text. */
export interface PemCertificate {
  readonly pem: string;
  readonly certificate: X509Certificate;
}

/** Every certificate of a PEM text in order, and how many parts could not be read. */
export function readPem(text: string): {
  readonly certificates: readonly PemCertificate[];
  readonly broken: number;
} {
  const blocks = text.match(block) ?? [];
  const certificates = blocks.flatMap((pem) => {
    try {
      return [{ pem: `${pem}\n`, certificate: new X509Certificate(pem) }];
    } catch {
      return [];
    }
  });
  return { certificates, broken: blocks.length - certificates.length };
}
