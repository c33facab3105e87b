/**
 * With `spec.certificateManagement` no authority of ours signs: an init container of every pod makes a key, asks for its
 * certificate by a CertificateSigningRequest and leaves both in memory for the main container.
 */
import { provisionerName } from '../../api/key-pair.ts';
import type { Container, Volume } from '../../api/kubernetes.ts';
import type { RenderInput } from '../types.ts';
import { calicoNamespace } from './names.ts';
import { env, envFromField, mount, secretVolume } from './pod.ts';

/** ClusterRole that allows to make the requests. */
export const requesterRole = 'tigera-csr-creator';

/** True when the pair is requested by its pods; a pair that the user brought is used as it is. */
export function isRequested(input: RenderInput, secretName: string): boolean {
  return input.certificates.requests?.[secretName] !== undefined;
}

/** Volume of a pair, named like it: the Secret, or memory that the init container writes to. */
export function keyPairVolume(input: RenderInput, secretName: string): Volume {
  return isRequested(input, secretName)
    ? { name: secretName, emptyDir: { medium: 'Memory' } }
    : secretVolume(secretName);
}

/** Who the certificate is for. */
export interface Subject {
  readonly secretName: string;
  /** Common name and only DNS name. */
  readonly commonName: string;
}

/** The init container that obtains the pair; none when the pair is a Secret. `securityContext`: as the main container's. */
export function certificateProvisioners(
  input: RenderInput,
  { secretName, commonName }: Subject,
  securityContext: NonNullable<Container['securityContext']>,
): readonly Container[] {
  const request = input.certificates.requests?.[secretName];
  if (request === undefined) return [];
  const { caCert, signerName, keyAlgorithm, signatureAlgorithm } = request;
  const amounts = { cpu: '10m', memory: '50Mi' };
  return [
    {
      name: provisionerName(secretName),
      image: input.resolved.images.keyCertProvisioner,
      imagePullPolicy: 'IfNotPresent',
      securityContext,
      resources: { limits: amounts, requests: amounts },
      env: [
        ...env({
          CERTIFICATE_PATH: '/certs-share/',
          SECRET_NAME: secretName,
          SIGNER: signerName,
          COMMON_NAME: commonName,
          ...(keyAlgorithm === '' ? {} : { KEY_ALGORITHM: keyAlgorithm }),
          ...(signatureAlgorithm === '' ? {} : { SIGNATURE_ALGORITHM: signatureAlgorithm }),
          KEY_NAME: 'tls.key',
          CERT_NAME: 'tls.crt',
          CA_CERT_NAME: 'ca.crt',
          // The program reads the URL-safe alphabet.
          CA_CERT: caCert.replaceAll('+', '-').replaceAll('/', '_'),
          APP_NAME: calicoNamespace,
          DNS_NAMES: commonName,
        }),
        envFromField('POD_IP', 'status.podIP'),
        envFromField('POD_NAME', 'metadata.name'),
        envFromField('POD_NAMESPACE', 'metadata.namespace'),
      ],
      volumeMounts: [mount(secretName, '/certs-share')],
    },
  ];
}
