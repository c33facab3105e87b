import type { Volume, VolumeMount } from '../../api/kubernetes.ts';
import { keyPairVolume } from '../shared/certificate-request.ts';
import { names } from '../shared/names.ts';
import { hostPathVolume, mount, readOnlyMount } from '../shared/pod.ts';
import { trustBundleVolume } from '../shared/trust.ts';
import type { WindowsInput } from './types.ts';

/** Where the image's programs look for the host's CNI directories. */
export const hostCniBin = '/host/opt/cni/bin';
export const hostCniConfig = '/host/etc/cni/net.d';

const usesOurPlugin = ({ input }: WindowsInput): boolean => input.resolved.spec.cni.type === 'Calico';

/** Volumes of the pod; each is there exactly when a container mounts it. */
export function windowsVolumes(windowsInput: WindowsInput): readonly Volume[] {
  const { input, nodes } = windowsInput;
  return [
    trustBundleVolume(),
    keyPairVolume(input, names.nodeCertificate),
    hostPathVolume('var-run-calico', '/var/run/calico', 'DirectoryOrCreate'),
    hostPathVolume('var-lib-calico', '/var/lib/calico', 'DirectoryOrCreate'),
    ...(usesOurPlugin(windowsInput)
      ? [
          hostPathVolume('cni-bin-dir', nodes.cniBinDir, 'DirectoryOrCreate'),
          hostPathVolume('cni-net-dir', nodes.cniConfigDir, 'DirectoryOrCreate'),
          hostPathVolume('cni-log-dir', nodes.cniLogDir, 'DirectoryOrCreate'),
        ]
      : []),
  ];
}

/** Mounts of felix, node and confd. Windows mounts no single files, so the public roots are left to the system's own. */
export function windowsMounts(windowsInput: WindowsInput): readonly VolumeMount[] {
  return [
    readOnlyMount(names.trustBundle, 'c:/etc/pki/tls/certs'),
    readOnlyMount(names.nodeCertificate, `c:/${names.nodeCertificate}`),
    mount('var-run-calico', '/var/run/calico'),
    mount('var-lib-calico', '/var/lib/calico'),
    ...(usesOurPlugin(windowsInput)
      ? [
          // node renews the CNI plugin's kubeconfig there.
          mount('cni-net-dir', hostCniConfig),
          mount('cni-log-dir', '/var/log/calico/cni'),
        ]
      : []),
  ];
}
