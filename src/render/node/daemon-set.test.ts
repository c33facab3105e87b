import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { appArmorAnnotation } from '../../resolve/app-armor.ts';
import type { Provider } from '../../resolve/types.ts';
import {
  exampleCertificates,
  exampleInput,
  exampleSnapshot,
  findObject,
  resolveOrThrow,
} from '../fixtures.ts';
import type { DaemonSet } from '../../api/kubernetes.ts';
import { renderNode } from './node.ts';
import { type Changes, daemonSet, podOf, userConfigMap } from './testing.ts';

const hash = (name: string) => `hash.operator.tigera.io/${name}`;

describe('what rolls calico-node', () => {
  const annotations = (changes?: Changes, spec: InstallationSpec = {}) => podOf(spec, changes).annotations;

  test('certificates, CNI configuration and nothing else on a stock installation', () => {
    expect(Object.keys(annotations()).sort()).toEqual([
      hash('cni-config'),
      'tigera-operator.hash.operator.tigera.io/tigera-ca-private',
    ]);
  });

  test('no public root of the operator’s image: another release would restart every node', () => {
    const certificates = { ...exampleCertificates, systemRoots: 'other roots' };
    expect(annotations({ certificates })).toEqual(annotations());
  });

  test('a changed CNI configuration', () => {
    const changed = annotations({}, { calicoNetwork: { mtu: 1400 } });
    expect(changed[hash('cni-config')]).not.toBe(annotations()[hash('cni-config')]);
  });

  test.each([
    ['NodeIP', true],
    ['', false],
    [undefined, false],
  ])('addresses that BIRD listens on: bindMode %j', (bindMode, expected) => {
    const bgp = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BGPConfiguration',
      metadata: { name: 'default' },
      spec: bindMode === undefined ? {} : { bindMode: bindMode as 'NodeIP' },
    } as const;
    expect(hash('bgp-bind-mode') in annotations({ live: { bgp } })).toBe(expected);
  });

  test("a user's authority for Typha", () => {
    const configMaps = { 'typha-ca': userConfigMap('typha-ca', { caBundle: 'x' }) };
    expect(annotations({ configMaps })).toHaveProperty(['calico-system.hash.operator.tigera.io/typha-ca']);
  });
});

describe('AppArmor', () => {
  const withProfile = (value: string, kubernetesVersion?: string) => {
    const snapshot = exampleSnapshot(
      {},
      { cluster: kubernetesVersion === undefined ? {} : { kubernetesVersion } },
    );
    const metadata = { name: 'default', annotations: { [appArmorAnnotation]: value } };
    const resolved = resolveOrThrow({ ...snapshot, installation: { ...snapshot.installation, metadata } });
    const { spec } = findObject<DaemonSet>(renderNode(exampleInput(resolved)), 'DaemonSet', 'calico-node');
    return {
      field: spec?.template.spec?.containers[0]?.securityContext?.appArmorProfile,
      others: spec?.template.spec?.initContainers?.map(
        ({ securityContext }) => securityContext?.appArmorProfile,
      ),
      annotation:
        spec?.template.metadata?.annotations?.['container.apparmor.security.beta.kubernetes.io/calico-node'],
    };
  };

  test.each([
    ['runtime/default', { type: 'RuntimeDefault' }],
    ['unconfined', { type: 'Unconfined' }],
    ['localhost/calico', { type: 'Localhost', localhostProfile: 'calico' }],
  ])('%s is a field of the container calico-node', (value, field) => {
    expect(withProfile(value)).toEqual({ field, others: [undefined, undefined, undefined] });
  });

  test.each([
    ['runtime/default', '1.29'],
    ['unconfined', '1.29'],
    ['localhost/calico', '1.29'],
  ])('%s is an annotation on Kubernetes %s', (value, version) => {
    expect(withProfile(value, version)).toMatchObject({ field: undefined, annotation: value });
  });
});

test.each<[Provider, object | undefined]>([
  ['AKS', { key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] }],
  ['EKS', { key: 'eks.amazonaws.com/compute-type', operator: 'NotIn', values: ['fargate'] }],
  ['GKE', undefined],
  ['RKE2', undefined],
  ['', undefined],
])('nodes that are no machines are left out on %j', (kubernetesProvider, expression) => {
  const terms = podOf({ kubernetesProvider }).affinity?.nodeAffinity
    ?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  expect(terms).toEqual(expression === undefined ? undefined : [{ matchExpressions: [expression] }]);
});

describe('FlexVolume', () => {
  const driver = (spec: InstallationSpec) => {
    const { initContainers, volumes } = podOf(spec);
    return {
      container: initContainers?.some(({ name }) => name === 'flexvol-driver'),
      path: volumes?.find(({ name }) => name === 'flexvol-driver-host')?.hostPath?.path,
    };
  };

  test.each<[InstallationSpec, string]>([
    [{}, '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/nodeagent~uds'],
    [{ kubernetesProvider: 'RKE2' }, '/var/lib/kubelet/volumeplugins/nodeagent~uds'],
    [{ kubernetesProvider: 'GKE' }, '/home/kubernetes/flexvolume/nodeagent~uds'],
    [{ kubernetesProvider: 'AKS' }, '/etc/kubernetes/volumeplugins/nodeagent~uds'],
    [{ flexVolumePath: '/opt/flex' }, '/opt/flex/nodeagent~uds'],
  ])('%j: %s', (spec, path) => {
    expect(driver(spec)).toEqual({ container: true, path });
  });

  test('None does without', () => {
    expect(driver({ flexVolumePath: 'None' })).toEqual({ container: false, path: undefined });
  });
});

test('every container of the pod runs as root of the host, and from the release’s images', () => {
  const { containers, initContainers = [] } = podOf({});
  expect([...initContainers, ...containers].map(({ name, image }) => [name, image])).toEqual([
    ['flexvol-driver', 'quay.io/calico/pod2daemon-flexvol:v3.32.1'],
    ['ebpf-bootstrap', 'quay.io/calico/node:v3.32.1'],
    ['install-cni', 'quay.io/calico/cni:v3.32.1'],
    ['calico-node', 'quay.io/calico/node:v3.32.1'],
  ]);
  for (const { securityContext, imagePullPolicy } of [...initContainers, ...containers]) {
    expect(securityContext).toMatchObject({ privileged: true, runAsUser: 0, runAsNonRoot: false });
    expect(imagePullPolicy).toBe('IfNotPresent');
  }
});

test('FIPS images where there are any', () => {
  const { containers, initContainers = [] } = podOf({ fipsMode: 'Enabled' });
  expect([...initContainers, ...containers].map(({ image }) => image?.split('/').at(-1))).toEqual([
    'pod2daemon-flexvol:v3.32.1',
    'node:v3.32.1-fips',
    'cni:v3.32.1-fips',
    'node:v3.32.1-fips',
  ]);
});

test('nonPrivileged: Disabled is as nothing', () => {
  expect(daemonSet({ nonPrivileged: 'Disabled' })).toEqual(daemonSet({}));
});

test('resources of the deprecated list: the first entry of a component counts, and an override wins', () => {
  const entry = (cpu: string) => ({
    componentName: 'Node' as const,
    resourceRequirements: { requests: { cpu } },
  });
  const componentResources = [entry('100m'), entry('200m')];
  expect(podOf({ componentResources }).containers[0]?.resources).toEqual({ requests: { cpu: '100m' } });
  const calicoNodeDaemonSet = {
    spec: {
      template: {
        spec: { containers: [{ name: 'calico-node' as const, resources: { limits: { cpu: '1' } } }] },
      },
    },
  };
  expect(podOf({ componentResources, calicoNodeDaemonSet }).containers[0]?.resources).toEqual({
    limits: { cpu: '1' },
  });
});

test('pods pull with the secrets of the spec', () => {
  const pullSecrets = [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'regcred' } }] as const;
  expect(podOf({ imagePullSecrets: [{ name: 'regcred' }] }, { pullSecrets }).imagePullSecrets).toEqual([
    { name: 'regcred' },
  ]);
});
