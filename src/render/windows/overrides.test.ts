import { describe, expect, test } from '@jest/globals';
import { exampleCertificates, exampleKeyPair } from '../fixtures.ts';
import { bgp, podOf, vxlan } from './fixtures.ts';

describe('what users change', () => {
  test('images follow registry and ImageSet settings, and know no FIPS', () => {
    const { container } = podOf({
      ...vxlan,
      registry: 'r.example/',
      imagePath: 'a/b',
      imagePrefix: 'p-',
      fipsMode: 'Enabled',
    });
    expect(container('felix')?.image).toBe('r.example/a/b/p-node-windows:v3.32.1');
    expect(container('install-cni')?.image).toBe('r.example/a/b/p-cni-windows:v3.32.1');
  });

  test('pull secrets are the pod’s', () => {
    const secrets = {
      pull: {
        apiVersion: 'v1' as const,
        kind: 'Secret' as const,
        metadata: { name: 'pull' },
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': 'e30=' },
      },
    };
    const { pod } = podOf({ ...vxlan, imagePullSecrets: [{ name: 'pull' }] }, { snapshot: { secrets } });
    expect(pod?.imagePullSecrets).toEqual([{ name: 'pull' }]);
  });

  test('resources come from the override, else from componentResources', () => {
    const limits = (cpu: string) => ({ limits: { cpu } });
    const { container } = podOf({
      ...bgp,
      componentResources: [
        { componentName: 'FelixWindows', resourceRequirements: limits('1') },
        { componentName: 'NodeWindows', resourceRequirements: limits('2') },
        { componentName: 'ConfdWindows', resourceRequirements: limits('3') },
      ],
      calicoNodeWindowsDaemonSet: {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'node', resources: limits('5') }],
              initContainers: [
                { name: 'install-cni', resources: limits('6') },
                { name: 'uninstall-calico', resources: limits('7') },
              ],
            },
          },
        },
      },
    });
    const cpus = ['felix', 'node', 'confd', 'install-cni', 'uninstall-calico'].map(
      (name) => container(name)?.resources?.limits?.['cpu'],
    );
    expect(cpus).toEqual(['1', '5', '3', '6', '7']);
  });

  test('overrides lie over the rest, but never over the system', () => {
    const { daemonSet, template, pod } = podOf({
      ...vxlan,
      nodeUpdateStrategy: { rollingUpdate: { maxUnavailable: '20%' } },
      calicoNodeWindowsDaemonSet: {
        metadata: { labels: { team: 'net' } },
        spec: {
          minReadySeconds: 7,
          template: {
            metadata: { annotations: { note: 'x' } },
            spec: {
              nodeSelector: { 'kubernetes.io/os': 'linux', pool: 'win' },
              tolerations: [{ key: 'os', operator: 'Equal', value: 'windows' }],
            },
          },
        },
      },
    });
    expect(daemonSet.metadata.labels).toMatchObject({ team: 'net', 'k8s-app': 'calico-node-windows' });
    expect(daemonSet.spec).toMatchObject({
      minReadySeconds: 7,
      updateStrategy: { rollingUpdate: { maxUnavailable: '20%' } },
    });
    expect(template?.metadata?.annotations).toMatchObject({ note: 'x' });
    expect(pod).toMatchObject({
      nodeSelector: { 'kubernetes.io/os': 'windows', pool: 'win' },
      tolerations: [{ key: 'os', operator: 'Equal', value: 'windows' }],
    });
  });

  test('a pair that the user brought rolls the pods when it changes', () => {
    const certificates = (hash: string) => ({
      ...exampleCertificates,
      pairs: {
        ...exampleCertificates.pairs,
        'node-certs': exampleKeyPair('node-certs', { userProvided: true, hash }),
      },
    });
    const key = 'tigera-operator.hash.operator.tigera.io/node-certs';
    const hashes = ['a', 'b'].map(
      (hash) => podOf(vxlan, { certificates: certificates(hash) }).template?.metadata?.annotations?.[key],
    );
    expect(hashes).toEqual(['a', 'b']);
  });
});
