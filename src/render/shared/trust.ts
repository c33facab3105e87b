/** How pods see certificates: mounts, paths and the annotations that roll them. */
import { hashAnnotation } from '../../api/key-pair.ts';
import type { Volume, VolumeMount } from '../../api/kubernetes.ts';
import type { RenderInput } from '../types.ts';
import { isRequested } from './certificate-request.ts';
import { stableHash } from './hash.ts';
import { names } from './names.ts';
import { configMapVolume, readOnlyMount } from './pod.ts';

/** Path of the trusted authorities inside of containers. */
export const trustBundlePath = '/etc/pki/tls/certs/tigera-ca-bundle.crt';

export function trustBundleVolume(): Volume {
  return configMapVolume(names.trustBundle);
}

/** The bundle, and the public roots where OpenSSL-like programs look for them. */
export function trustBundleMounts(input: RenderInput): readonly VolumeMount[] {
  return [
    readOnlyMount(names.trustBundle, '/etc/pki/tls/certs'),
    ...(input.certificates.systemRoots === ''
      ? []
      : [readOnlyMount(names.trustBundle, '/etc/pki/tls/cert.pem', 'ca-bundle.crt')]),
  ];
}

/** Key of the annotation that holds the hash of a key pair of the operator's namespace. */
export function certificateHashKey(input: RenderInput, secretName: string): string {
  return hashAnnotation(input.operator.namespace, secretName);
}

/** The annotation of one pair, as `typha-certs`; empty when it stands in no Secret, or the pods request their own. */
export function certificateHash(input: RenderInput, secretName: string): Readonly<Record<string, string>> {
  const pair = isRequested(input, secretName) ? undefined : input.certificates.pairs[secretName];
  return pair === undefined ? {} : { [certificateHashKey(input, secretName)]: pair.hash };
}

/** Annotations of the trust bundle and of the pods that use all of it, public roots included. */
export function trustBundleHashes(input: RenderInput): Readonly<Record<string, string>> {
  const { systemRoots } = input.certificates;
  return {
    ...authorityHashes(input),
    ...(systemRoots === '' ? {} : { 'hash.operator.tigera.io/system': stableHash(systemRoots) }),
  };
}

/**
 * The same without the public roots, which come with the operator's image: for pods that talk to Calico's own programs
 * only, so that another image of the operator does not restart them. While authorities change, `workload` says whose
 * pods, as not all of them follow at once. Pairs that the operator issued are left out: renewal does not change what is
 * trusted, and the programs read the files again by themselves.
 */
export function authorityHashes(
  input: RenderInput,
  workload?: 'node' | 'typha',
): Readonly<Record<string, string>> {
  const { authority, change, pairs } = input.certificates;
  const held = workload === undefined ? undefined : change?.held[workload];
  const brought = Object.values(pairs)
    .filter((pair) => pair.userProvided)
    .map((pair) => [certificateHashKey(input, pair.secretName), pair.hash] as const);
  const typhaAuthority = input.configMaps['typha-ca'];
  return {
    [certificateHashKey(input, names.authority)]: held ?? authority.hash,
    ...Object.fromEntries(brought),
    ...(typhaAuthority === undefined
      ? {}
      : {
          'calico-system.hash.operator.tigera.io/typha-ca': stableHash(
            typhaAuthority.data?.['caBundle'] ?? '',
          ),
        }),
  };
}
