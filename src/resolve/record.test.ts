import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../api/installation.ts';
import type { ConfigMap } from '../api/kubernetes.ts';
import { defaultSnapshot, mustResolve, type SnapshotParts } from './testing.ts';
import type { Resolved } from './types.ts';

const kubeadm = (podSubnet: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
  data: { ClusterConfiguration: `networking:\n  podSubnet: ${podSubnet}\n` },
});

const statusOf = ({ spec, defaulted }: Resolved) => ({ computed: spec, defaulted });

const after = (first: Resolved, parts: SnapshotParts) =>
  mustResolve(defaultSnapshot({ ...parts, status: statusOf(first) }));

describe('a decision that was recorded', () => {
  test('repeats itself', () => {
    const first = mustResolve(defaultSnapshot());
    const second = after(first, {});
    expect(second).toEqual(first);
  });

  test('outlives a changed kubeadm-config', () => {
    const first = mustResolve(defaultSnapshot({ cluster: { kubeadmConfig: kubeadm('10.244.0.0/16') } }));
    expect(first.pools).toMatchObject([{ cidr: '10.244.0.0/16' }]);
    expect(after(first, { cluster: { kubeadmConfig: kubeadm('10.1.0.0/16') } })).toMatchObject({
      pools: first.pools,
    });
    expect(after(first, {}).pools).toEqual(first.pools);
  });

  test('outlives other defaults of a later release', () => {
    const first = mustResolve(defaultSnapshot());
    const computed: InstallationSpec = {
      ...first.spec,
      controlPlaneReplicas: 3,
      calicoNetwork: { ...first.spec.calicoNetwork, hostPorts: 'Disabled' },
    };
    const { spec } = mustResolve(defaultSnapshot({ status: { computed, defaulted: first.defaulted } }));
    expect(spec).toMatchObject({ controlPlaneReplicas: 3, calicoNetwork: { hostPorts: 'Disabled' } });
  });

  test('gives way to the user', () => {
    const first = mustResolve(defaultSnapshot());
    const second = after(first, {
      spec: { calicoNetwork: { nodeAddressAutodetectionV4: { interface: 'eth0' } } },
    });
    expect(second.spec.calicoNetwork.nodeAddressAutodetectionV4).toEqual({ interface: 'eth0' });
    expect(second.defaulted).not.toContain('calicoNetwork.nodeAddressAutodetectionV4');
  });

  test('does not hold what the user has set and now leaves open', () => {
    const first = mustResolve(defaultSnapshot({ spec: { controlPlaneReplicas: 5 } }));
    expect(after(first, {}).spec.controlPlaneReplicas).toBe(2);
  });

  test("of an operator that did not tell its own choices from the user's is kept where the user leaves it open", () => {
    const first = mustResolve(defaultSnapshot({ spec: { controlPlaneReplicas: 5 } }));
    const second = mustResolve(defaultSnapshot({ status: { computed: first.spec } }));
    expect(second.spec.controlPlaneReplicas).toBe(5);
    expect(second.pools).toEqual(first.pools);
  });

  test('never blocks an edit: what does not fit any more is decided anew', () => {
    const first = mustResolve(defaultSnapshot());
    expect(first.pools).toMatchObject([{ encapsulation: 'IPIP' }]);
    const withoutBgp = after(first, { spec: { calicoNetwork: { bgp: 'Disabled' } } });
    expect(withoutBgp.pools).toMatchObject([{ encapsulation: 'VXLAN' }]);
    const otherCni = after(first, { spec: { cni: { type: 'AmazonVPC' } } });
    expect(otherCni.spec).toMatchObject({
      cni: { ipam: { type: 'AmazonVPC' } },
      calicoNetwork: { bgp: 'Disabled', ipPools: [{ encapsulation: 'None' }] },
    });
    expect(otherCni.spec.logging).toBeUndefined();
    expect(otherCni.spec.calicoNetwork.hostPorts).toBeUndefined();
    const surging = after(first, { spec: { nodeUpdateStrategy: { rollingUpdate: { maxSurge: 1 } } } });
    expect(surging.spec.nodeUpdateStrategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(after(surging, {}).spec.nodeUpdateStrategy.rollingUpdate).toEqual({ maxUnavailable: 1 });
    const onRke2 = after(first, { spec: { kubernetesProvider: 'RKE2' } });
    expect(onRke2.spec.flexVolumePath).toBe('/var/lib/kubelet/volumeplugins/');
  });

  test('keeps fields of a pool that the user comes to list', () => {
    const first = mustResolve(defaultSnapshot());
    const second = after(first, {
      spec: {
        calicoNetwork: { bgp: 'Enabled', ipPools: [{ cidr: '192.168.0.0/16' }, { cidr: '10.0.0.0/16' }] },
      },
    });
    expect(second.pools).toMatchObject([
      { name: 'default-ipv4-ippool', encapsulation: 'IPIP' },
      { name: '10.0.0.0-16', encapsulation: 'IPIP' },
    ]);
  });
});

test('an IPAM plugin that was chosen for another CNI plugin does not outlive that one', () => {
  const before = { cni: { type: 'GKE', ipam: { type: 'HostLocal' } } } as const;
  const status = { computed: before, defaulted: ['cni.ipam.type'] };
  const { cni } = mustResolve(defaultSnapshot({ spec: { cni: { type: 'Calico' } }, status })).spec;
  expect(cni.ipam.type).toBe('Calico');
});
