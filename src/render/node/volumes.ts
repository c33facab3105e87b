import type { Volume, VolumeMount } from '../../api/kubernetes.ts';
import type { EffectiveSpec } from '../../resolve/types.ts';
import { keyPairVolume } from '../shared/certificate-request.ts';
import { names } from '../shared/names.ts';
import { hostPathVolume, mount, readOnlyMount } from '../shared/pod.ts';
import { trustBundleMounts, trustBundleVolume } from '../shared/trust.ts';
import type { RenderInput } from '../types.ts';

/** Where the kubelet looks for the FlexVolume driver; absent when it is not wanted. */
export function flexVolumeDirectory({ flexVolumePath }: EffectiveSpec): string | undefined {
  return flexVolumePath === 'None' ? undefined : `${flexVolumePath.replace(/\/+$/, '')}/nodeagent~uds`;
}

/** Volumes of the pod; each is there exactly when a container mounts it. */
export function nodeVolumes(input: RenderInput): readonly Volume[] {
  const { spec } = input.resolved;
  const flexVolume = flexVolumeDirectory(spec);
  return [
    hostPathVolume('lib-modules', '/lib/modules'),
    hostPathVolume('xtables-lock', '/run/xtables.lock', 'FileOrCreate'),
    hostPathVolume('policysync', '/var/run/nodeagent', 'DirectoryOrCreate'),
    trustBundleVolume(),
    keyPairVolume(input, names.nodeCertificate),
    hostPathVolume('var-run-calico', '/var/run/calico', 'DirectoryOrCreate'),
    hostPathVolume('var-lib-calico', '/var/lib/calico', 'DirectoryOrCreate'),
    hostPathVolume('sys-fs', '/sys/fs', 'DirectoryOrCreate'),
    hostPathVolume('bpffs', '/sys/fs/bpf', 'Directory'),
    hostPathVolume('nodeproc', '/proc'),
    ...(spec.calicoNetwork.linuxDataplane === 'VPP'
      ? [hostPathVolume('felix-plugins', '/var/lib/calico/felix-plugins')]
      : []),
    ...(spec.cni.type === 'Calico'
      ? [
          hostPathVolume('cni-bin-dir', spec.cni.binDir, 'DirectoryOrCreate'),
          hostPathVolume('cni-net-dir', spec.cni.confDir),
          hostPathVolume('cni-log-dir', '/var/log/calico/cni'),
        ]
      : []),
    ...(flexVolume === undefined
      ? []
      : [hostPathVolume('flexvol-driver-host', flexVolume, 'DirectoryOrCreate')]),
  ];
}

/** Mounts of the main container. */
export function nodeMounts(input: RenderInput): readonly VolumeMount[] {
  const { spec } = input.resolved;
  return [
    readOnlyMount('lib-modules', '/lib/modules'),
    mount('xtables-lock', '/run/xtables.lock'),
    mount('policysync', '/var/run/nodeagent'),
    ...trustBundleMounts(input),
    readOnlyMount(names.nodeCertificate, `/${names.nodeCertificate}`),
    mount('var-run-calico', '/var/run/calico'),
    mount('var-lib-calico', '/var/lib/calico'),
    mount('bpffs', '/sys/fs/bpf'),
    ...(spec.calicoNetwork.linuxDataplane === 'VPP'
      ? [readOnlyMount('felix-plugins', '/usr/local/bin/felix-plugins')]
      : []),
    ...(spec.cni.type === 'Calico'
      ? [
          // Felix renews the CNI plugin's kubeconfig there.
          mount('cni-net-dir', '/host/etc/cni/net.d'),
          mount('cni-log-dir', '/var/log/calico/cni'),
        ]
      : []),
  ];
}
