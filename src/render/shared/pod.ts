/** Parts of pods. What the API server defaults inside atomic structures is written out, so that live equals rendered. */
import type { Affinity, Container, EnvVar, Toleration, Volume, VolumeMount } from '../../api/kubernetes.ts';
import type { Provider } from '../../resolve/types.ts';

/** Tolerates every taint: for what must run wherever pods run. */
export const tolerateEverything: readonly Toleration[] = [
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { effect: 'NoSchedule', operator: 'Exists' },
  { effect: 'NoExecute', operator: 'Exists' },
];

/** Tolerates the taints of control plane nodes. */
export const tolerateControlPlane: readonly Toleration[] = [
  { effect: 'NoSchedule', key: 'node-role.kubernetes.io/master' },
  { effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' },
];

/** For containers that configure the host. */
export const privilegedSecurityContext: NonNullable<Container['securityContext']> = {
  allowPrivilegeEscalation: true,
  capabilities: { drop: ['ALL'] },
  privileged: true,
  runAsGroup: 0,
  runAsNonRoot: false,
  runAsUser: 0,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** For containers that need nothing of the host. */
export function restrictedSecurityContext(user: {
  readonly runAsUser: number;
  readonly runAsGroup: number;
}): NonNullable<Container['securityContext']> {
  return {
    ...privilegedSecurityContext,
    ...user,
    allowPrivilegeEscalation: false,
    privileged: false,
    runAsNonRoot: true,
  };
}

/** Keeps DaemonSet pods off nodes that are no machines: AKS virtual kubelets, EKS Fargate. */
export function avoidVirtualNodes(provider: Provider): Affinity | undefined {
  const label =
    provider === 'AKS'
      ? { key: 'type', values: ['virtual-kubelet'] }
      : provider === 'EKS'
        ? { key: 'eks.amazonaws.com/compute-type', values: ['fargate'] }
        : undefined;
  if (label === undefined) return undefined;
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ ...label, operator: 'NotIn' }] }],
      },
    },
  };
}

/** Plain variables, in the order given. */
export function env(values: Readonly<Record<string, string>>): readonly EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** A variable from a field of the pod. */
export function envFromField(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
}

type HostPathType = 'Directory' | 'DirectoryOrCreate' | 'FileOrCreate';

/** Without `type` the path is not checked. */
export function hostPathVolume(name: string, path: string, type?: HostPathType): Volume {
  return { name, hostPath: { path, ...(type === undefined ? {} : { type }) } };
}

/** A volume named like its ConfigMap. */
export function configMapVolume(name: string): Volume {
  return { name, configMap: { name, defaultMode: 0o644 } };
}

/** A volume named like its Secret. */
export function secretVolume(name: string): Volume {
  return { name, secret: { secretName: name, defaultMode: 0o644 } };
}

/** Mounts a volume read-write. */
export function mount(
  name: string,
  mountPath: string,
  options: Omit<VolumeMount, 'name' | 'mountPath'> = {},
) {
  return { name, mountPath, ...options } satisfies VolumeMount;
}

/** Mounts a volume, or with `subPath` one file of it, read-only. */
export function readOnlyMount(name: string, mountPath: string, subPath?: string): VolumeMount {
  return { name, mountPath, readOnly: true, ...(subPath === undefined ? {} : { subPath }) };
}
