import type { CSIDriver, DaemonSet } from '../../api/kubernetes.ts';
import { objectMeta } from '../shared/metadata.ts';
import { names } from '../shared/names.ts';
import { accountSubject, owned, role, roleBinding, serviceAccount } from '../shared/objects.ts';
import {
  avoidVirtualNodes,
  env,
  envFromField,
  hostPathVolume,
  mount,
  privilegedSecurityContext,
  tolerateEverything,
} from '../shared/pod.ts';
import { workload } from '../shared/workload.ts';
import type { DesiredObject, RenderInput } from '../types.ts';

function csiDriver(input: RenderInput): CSIDriver {
  const openShift = input.resolved.spec.kubernetesProvider === 'OpenShift';
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: objectMeta(input, names.csiDriver, {
      labels: openShift ? { 'security.openshift.io/csi-ephemeral-volume-profile': 'restricted' } : {},
    }),
    spec: { podInfoOnMount: true, volumeLifecycleModes: ['Ephemeral'] },
  };
}

/** Without slash at its end, which would be doubled in the paths below it. */
const kubeletDirectory = (path: string): string => path.replace(/(?<=.)\/+$/, '');

function driverContainers(input: RenderInput) {
  const { images, spec } = input.resolved;
  const kubeletPath = kubeletDirectory(spec.kubeletVolumePluginPath);
  const nodeName = envFromField('KUBE_NODE_NAME', 'spec.nodeName');
  return [
    {
      name: 'calico-csi',
      image: images.csi,
      args: ['--nodeid=$(KUBE_NODE_NAME)', '--loglevel=$(LOG_LEVEL)'],
      env: [...env({ LOG_LEVEL: 'warn' }), nodeName],
      securityContext: privilegedSecurityContext,
      volumeMounts: [
        mount('varrun', '/var/run'),
        mount('socket-dir', '/csi'),
        mount('kubelet-dir', kubeletPath, { mountPropagation: 'Bidirectional' }),
      ],
    },
    {
      name: 'csi-node-driver-registrar',
      image: images.nodeDriverRegistrar,
      args: ['--v=5', '--csi-address=$(ADDRESS)', '--kubelet-registration-path=$(DRIVER_REG_SOCK_PATH)'],
      env: [
        ...env({
          ADDRESS: '/csi/csi.sock',
          DRIVER_REG_SOCK_PATH: `${kubeletPath}/plugins/${names.csiDriver}/csi.sock`,
        }),
        nodeName,
      ],
      securityContext: privilegedSecurityContext,
      volumeMounts: [mount('socket-dir', '/csi'), mount('registration-dir', '/registration')],
    },
  ];
}

function csiDaemonSet(input: RenderInput): DaemonSet {
  const { spec } = input.resolved;
  const kubeletPath = kubeletDirectory(spec.kubeletVolumePluginPath);
  const affinity = avoidVirtualNodes(spec.kubernetesProvider);
  const { metadata, spec: common } = workload(input, {
    name: names.csi,
    podLabels: { name: names.csi },
    override: spec.csiNodeDriverDaemonSet,
    podSpec: {
      serviceAccountName: names.csi,
      priorityClassName: 'system-node-critical',
      tolerations: tolerateEverything,
      ...(affinity === undefined ? {} : { affinity }),
      containers: driverContainers(input),
      volumes: [
        hostPathVolume('varrun', '/var/run'),
        hostPathVolume('kubelet-dir', kubeletPath, 'Directory'),
        hostPathVolume('socket-dir', `${kubeletPath}/plugins/${names.csiDriver}`, 'DirectoryOrCreate'),
        hostPathVolume('registration-dir', `${kubeletPath}/plugins_registry`, 'Directory'),
      ],
    },
  });
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: common };
}

/** OpenShift lets pods be privileged only through a security context constraint. */
function openShiftAccess(input: RenderInput): readonly DesiredObject[] {
  const rules = [
    {
      apiGroups: ['security.openshift.io'],
      resources: ['securitycontextconstraints'],
      resourceNames: ['privileged'],
      verbs: ['use'],
    },
  ];
  const binding = roleBinding(input, names.csi, {
    role: { kind: 'Role', name: names.csi },
    subjects: [accountSubject(names.csi)],
  });
  return [owned('identity', role(input, names.csi, rules)), owned('identity', binding)];
}

/** The CSI driver that hands Calico's policy sync socket to pods; nothing when `kubeletVolumePluginPath` is `None`. */
export function renderCsi(input: RenderInput): readonly DesiredObject[] {
  const { kubeletVolumePluginPath, kubernetesProvider } = input.resolved.spec;
  if (kubeletVolumePluginPath === 'None') return [];
  return [
    owned('identity', serviceAccount(input, names.csi)),
    ...(kubernetesProvider === 'OpenShift' ? openShiftAccess(input) : []),
    owned('configuration', csiDriver(input)),
    owned('workload', csiDaemonSet(input)),
  ];
}
