/** The AppArmor profile of the container calico-node, in the words that the API server knows. */
import type { Container } from '../../api/kubernetes.ts';
import type { AppArmorProfile } from '../../resolve/types.ts';
import { names } from '../shared/names.ts';
import type { RenderInput } from '../types.ts';

/** From this version on there is a field for it, and the annotation is deprecated. */
const firstWithField = { major: 1, minor: 30 };

function hasField({ resolved }: RenderInput): boolean {
  const [major = 0, minor = 0] = (resolved.cluster.kubernetesVersion ?? '').split('.').map(Number);
  return major > firstWithField.major || (major === firstWithField.major && minor >= firstWithField.minor);
}

/** Part of the container's security context; absent without a profile, and on API servers that do not know it. */
export function appArmorField(
  input: RenderInput,
): Pick<NonNullable<Container['securityContext']>, 'appArmorProfile'> | undefined {
  const profile = input.resolved.nodeAppArmorProfile;
  return profile === undefined || !hasField(input) ? undefined : { appArmorProfile: profile };
}

/** Annotation of the pod for older API servers; empty without a profile. */
export function appArmorAnnotation({ resolved }: RenderInput): Readonly<Record<string, string>> {
  const profile = resolved.nodeAppArmorProfile;
  return profile === undefined
    ? {}
    : { [`container.apparmor.security.beta.kubernetes.io/${names.node}`]: nameOf(profile) };
}

function nameOf({ type, localhostProfile = '' }: AppArmorProfile): string {
  switch (type) {
    case 'RuntimeDefault':
      return 'runtime/default';
    case 'Unconfined':
      return 'unconfined';
    case 'Localhost':
      return `localhost/${localhostProfile}`;
  }
}
