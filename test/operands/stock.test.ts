import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';
import { Address4 } from 'ip-address';

import type { InstallationSpec } from '../../src/api/installation.ts';
import type { Node, Pod } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { NetworkList } from './cni.ts';
import { addToNetwork, readNetworkList, removeFromNetwork } from './cni.ts';
import type { TestContainer } from './container.ts';
import { useOperands } from './fixture.ts';
import { podAllocations } from './ipam.ts';
import { isServed, watchedBy } from './refusals.ts';

const cidr = '192.168.0.0/16';
/** As in the custom-resources.yaml that Calico publishes. */
const stock: InstallationSpec = {
  calicoNetwork: {
    ipPools: [
      {
        name: 'default-ipv4-ippool',
        blockSize: 26,
        cidr,
        encapsulation: 'VXLANCrossSubnet',
        natOutgoing: 'Enabled',
        nodeSelector: 'all()',
      },
    ],
  },
};
const readyTimeout = 120_000;

const kubeconfigPath = '/etc/cni/net.d/calico-kubeconfig';

let calicoNode: TestContainer;
let installedKubeconfig: string;
const operands = useOperands(stock, async (started) => {
  await started.installCni();
  installedKubeconfig = await readFile(started.node.fileOf(kubeconfigPath), 'utf8');
  ({ container: calicoNode } = await started.runCalicoNode());
});

test('the node has its address, backend and readiness from calico-node -startup', async () => {
  const { cluster, node } = operands();
  await eventually(async () => {
    const { metadata, status } = await cluster.api.get<Node>(`/api/v1/nodes/${node.name}`);
    expect(metadata.annotations).toMatchObject({ 'projectcalico.org/IPv4Address': '10.240.0.1/24' });
    const network = status?.conditions?.find(({ type }) => type === 'NetworkUnavailable');
    expect(network).toMatchObject({ status: 'False', reason: 'CalicoIsUp' });
    return true;
  });
});

test('Felix is live and ready straight against the API server', async () => {
  await eventually(felixState, { description: 'Felix to be ready', timeout: readyTimeout });
  const { cluster, mark } = operands();
  expect(await isServed(cluster, mark, 'calico-node')).toBe(true);
});

/** The probes as rendered, without BIRD, which is not among the programs. */
async function felixState(): Promise<true> {
  expect(await calicoNode.probe('livenessProbe')).toBeUndefined();
  const rendered = calicoNode.spec.readinessProbe?.exec?.command ?? [];
  expect(rendered).toContain('-bird-ready');
  const { code, stderr, stdout } = await calicoNode.exec(rendered.filter((arg) => arg !== '-bird-ready'));
  expect({ code, stderr, stdout }).toMatchObject({ code: 0 });
  return true;
}

test('kube-controllers is ready and live by its own probes', async () => {
  const { cluster, mark } = operands();
  const container = await operands().container('calico-kube-controllers', 'calico-kube-controllers');
  await operands().run(container, ['/usr/bin/kube-controllers']);
  await eventually(
    async () => {
      expect(await container.probe('readinessProbe')).toBeUndefined();
      expect(await container.probe('livenessProbe')).toBeUndefined();
      return true;
    },
    { description: 'kube-controllers to be ready', timeout: readyTimeout },
  );
  // It is ready before it has asked for all that it needs.
  await eventually(async () => {
    const watched = await watchedBy(cluster, mark, 'calico-kube-controllers');
    expect(watched).toEqual(expect.arrayContaining(['nodes', 'pods', 'services', 'ipamblocks', 'ippools']));
    return true;
  });
});

test('twice, 20 pods get 20 different addresses of the pool and give them back', async () => {
  const { cluster, node, mark } = operands();
  const list = await readNetworkList(node);
  const pods = await createPods(20);
  for (const round of [1, 2]) {
    const addresses = await addAll(list, pods);
    expect(new Set(addresses).size).toBe(20);
    expect(addresses.filter((address) => !isOfPool(address))).toEqual([]);
    expect(await podAllocations(cluster.api)).toEqual({ addresses: 20, handles: 20 });
    await Promise.all(pods.map((pod) => removeFromNetwork(node, list, pod)));
    expect({ round, ...(await podAllocations(cluster.api)) }).toEqual({ round, addresses: 0, handles: 0 });
  }
  expect(await isServed(cluster, mark, 'calico-cni-plugin')).toBe(true);
});

async function createPods(count: number): Promise<readonly Pod[]> {
  const { cluster, node } = operands();
  const path = '/api/v1/namespaces/default/pods';
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      cluster.api.create<Pod>(path, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod-${index}` },
        spec: { nodeName: node.name, containers: [{ name: 'main', image: 'example.test/main:1' }] },
      }),
    ),
  );
}

/** Returns the addresses that the plugin told, after a look whether the pods have them. */
async function addAll(list: NetworkList, pods: readonly Pod[]): Promise<readonly string[]> {
  const { node } = operands();
  return Promise.all(
    pods.map(async (pod) => {
      const told = await addToNetwork(node, list, pod);
      const { name } = pod.metadata;
      const inside = await node.host.succeed([
        'ip',
        '-netns',
        name,
        '-4',
        '-brief',
        'address',
        'show',
        'eth0',
      ]);
      expect(told).toEqual([inside.trim().split(/\s+/).at(-1)]);
      return told[0] ?? '';
    }),
  );
}

function isOfPool(address: string): boolean {
  return address.endsWith('/32') && new Address4(address).isInSubnet(new Address4(cidr));
}

test('calico-node puts a new token of the CNI plugin on the node', async () => {
  const { node } = operands();
  await eventually(
    async () => {
      const kubeconfig = await readFile(node.fileOf(kubeconfigPath), 'utf8');
      expect(kubeconfig).toContain('server: https://10.96.0.1:443');
      expect(kubeconfig).not.toBe(installedKubeconfig);
      return true;
    },
    { description: 'calico-node to write the kubeconfig of the CNI plugin' },
  );
});
