import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { CSIDriver, DaemonSet, Role, RoleBinding } from '../../api/kubernetes.ts';
import { findObject, inputFor } from '../fixtures.ts';
import { renderCsi } from './csi.ts';

const cluster = { openShiftClusterNetworks: ['10.128.0.0/14'] };
const rendered = (spec: InstallationSpec) => renderCsi(inputFor(spec, { cluster }));
const podOf = (spec: InstallationSpec) =>
  findObject<DaemonSet>(rendered(spec), 'DaemonSet', 'csi-node-driver').spec?.template.spec;

test('kubeletVolumePluginPath None leaves nothing of it', () => {
  expect(rendered({ kubeletVolumePluginPath: 'None' })).toEqual([]);
});

describe('the kubelet’s directory', () => {
  test.each<[InstallationSpec, string]>([
    [{}, '/var/lib/kubelet'],
    [{ kubeletVolumePluginPath: '/var/lib/k0s/kubelet' }, '/var/lib/k0s/kubelet'],
    [{ kubeletVolumePluginPath: '/data/kubelet/' }, '/data/kubelet'],
  ])('%j: %s', (spec, path) => {
    const pod = podOf(spec);
    expect(pod?.volumes?.map(({ name, hostPath }) => [name, hostPath])).toEqual([
      ['kubelet-dir', { path, type: 'Directory' }],
      ['registration-dir', { path: `${path}/plugins_registry`, type: 'Directory' }],
      ['socket-dir', { path: `${path}/plugins/csi.tigera.io`, type: 'DirectoryOrCreate' }],
      ['varrun', { path: '/var/run' }],
    ]);
    const [driver, registrar] = pod?.containers ?? [];
    expect(driver?.volumeMounts).toContainEqual({
      name: 'kubelet-dir',
      mountPath: path,
      mountPropagation: 'Bidirectional',
    });
    expect(registrar?.env).toContainEqual({
      name: 'DRIVER_REG_SOCK_PATH',
      value: `${path}/plugins/csi.tigera.io/csi.sock`,
    });
  });
});

describe('OpenShift', () => {
  const spec = { kubernetesProvider: 'OpenShift' } as const;

  test('lets the pods be privileged, and volumes be in restricted namespaces', () => {
    expect(findObject<Role>(rendered(spec), 'Role', 'csi-node-driver').rules).toEqual([
      {
        apiGroups: ['security.openshift.io'],
        resources: ['securitycontextconstraints'],
        resourceNames: ['privileged'],
        verbs: ['use'],
      },
    ]);
    expect(findObject<RoleBinding>(rendered(spec), 'RoleBinding', 'csi-node-driver')).toMatchObject({
      roleRef: { kind: 'Role', name: 'csi-node-driver' },
      subjects: [{ kind: 'ServiceAccount', name: 'csi-node-driver', namespace: 'calico-system' }],
    });
    expect(
      findObject<CSIDriver>(rendered(spec), 'CSIDriver', 'csi.tigera.io').metadata.labels,
    ).toHaveProperty(['security.openshift.io/csi-ephemeral-volume-profile'], 'restricted');
  });

  test('and nothing of that elsewhere', () => {
    expect(rendered({}).map(({ object }) => object.kind)).toEqual([
      'ServiceAccount',
      'CSIDriver',
      'DaemonSet',
    ]);
  });
});

test.each([
  ['AKS', 'type'],
  ['EKS', 'eks.amazonaws.com/compute-type'],
] as const)('nodes of %s that are no machines are left out', (kubernetesProvider, key) => {
  const terms = podOf({ kubernetesProvider })?.affinity?.nodeAffinity
    ?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  expect(terms).toMatchObject([{ matchExpressions: [{ key, operator: 'NotIn' }] }]);
});
