import { readFile } from 'node:fs/promises';

import type { Pod } from '../../src/api/kubernetes.ts';
import type { TestNode } from './node.ts';

/** The parts of the network list that a container runtime reads. */
export interface NetworkList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly { readonly type: string; readonly [key: string]: unknown }[];
}

interface CniResult {
  readonly ips?: readonly { readonly address: string }[];
}

/** The network list that the installer wrote on the node. */
export async function readNetworkList(node: TestNode): Promise<NetworkList> {
  const file = node.fileOf('/etc/cni/net.d/10-calico.conflist');
  return JSON.parse(await readFile(file, 'utf8')) as NetworkList;
}

/** Has the CNI plugin give the pod a network, in a new network namespace. Returns its addresses, with their prefix. */
export async function addToNetwork(node: TestNode, list: NetworkList, pod: Pod): Promise<readonly string[]> {
  await node.host.succeed(['ip', 'netns', 'add', pod.metadata.name]);
  const result = JSON.parse(await callPlugin(node, list, pod, 'ADD')) as CniResult;
  return (result.ips ?? []).map(({ address }) => address);
}

/** Has the CNI plugin take the pod's network away, then its network namespace. */
export async function removeFromNetwork(node: TestNode, list: NetworkList, pod: Pod): Promise<void> {
  await callPlugin(node, list, pod, 'DEL');
  await node.host.succeed(['ip', 'netns', 'delete', pod.metadata.name]);
}

/** Calls Calico's plugin as a container runtime does: the first of the list, whose result the next would get. */
async function callPlugin(
  node: TestNode,
  { cniVersion, name, plugins }: NetworkList,
  pod: Pod,
  command: 'ADD' | 'DEL',
): Promise<string> {
  const plugin = plugins.find(({ type }) => type === 'calico');
  const { namespace, name: podName, uid = '' } = pod.metadata;
  const container = uid.replaceAll('-', '');
  return node.host.succeed(['/opt/cni/bin/calico'], {
    input: JSON.stringify({ ...plugin, cniVersion, name }),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: container,
      CNI_NETNS: `/run/netns/${podName}`,
      CNI_IFNAME: 'eth0',
      CNI_PATH: '/opt/cni/bin',
      CNI_ARGS: [
        'IgnoreUnknown=1',
        `K8S_POD_NAMESPACE=${namespace ?? ''}`,
        `K8S_POD_NAME=${podName}`,
        `K8S_POD_INFRA_CONTAINER_ID=${container}`,
        `K8S_POD_UID=${uid}`,
      ].join(';'),
    },
  });
}
