/** How the pods of a live workload request a pair. */
import { type CertificateRequest, provisionerName } from '../api/key-pair.ts';
import type { DaemonSet, Deployment } from '../api/kubernetes.ts';

/** Reads it back from the init container that asks; `undefined` where the pods have the pair from a Secret. */
export function liveRequest(
  workload: DaemonSet | Deployment | undefined,
  secretName: string,
): CertificateRequest | undefined {
  const container = workload?.spec?.template.spec?.initContainers?.find(
    ({ name }) => name === provisionerName(secretName),
  );
  if (container === undefined) return undefined;
  const value = (name: string): string =>
    container.env?.find((variable) => variable.name === name)?.value ?? '';
  return {
    caCert: standardAlphabet(value('CA_CERT')),
    signerName: value('SIGNER'),
    keyAlgorithm: value('KEY_ALGORITHM'),
    signatureAlgorithm: value('SIGNATURE_ALGORITHM'),
  };
}

/** The program takes base64 in the URL-safe alphabet. */
export const urlSafeAlphabet = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

const standardAlphabet = (base64: string): string => base64.replaceAll('-', '+').replaceAll('_', '/');
