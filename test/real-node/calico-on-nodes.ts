import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import type { Installation } from '../../src/api/installation.ts';
import type { ApiClient, ApiObject } from '../control-plane/api-client.ts';
import type { RealNode } from './real-node.ts';

/** Path of the Installation in the API. */
export const installationPath = '/apis/operator.tigera.io/v1/installations/default';

/** Pods get their addresses from here, unless the Installation says otherwise. */
export const poolCidr = '10.244.0.0/16';

/** An Installation for nodes whose images have neither BIRD nor the CSI driver: VXLAN only. */
export const vxlanInstallation: Installation = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  spec: {
    kubeletVolumePluginPath: 'None',
    calicoNetwork: {
      bgp: 'Disabled',
      ipPools: [{ cidr: poolCidr, encapsulation: 'VXLAN', natOutgoing: 'Enabled', nodeSelector: 'all()' }],
    },
  },
};

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A condition of an object; undefined if it has none of that type. */
export function conditionOf(object: ApiObject, type: string): Condition | undefined {
  const status = object['status'] as { conditions?: readonly Condition[] } | undefined;
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Whether a node is Ready, as its kubelet says. */
export async function isNodeReady(api: ApiClient, { name }: RealNode): Promise<boolean> {
  return conditionOf(await api.get(`/api/v1/nodes/${name}`), 'Ready')?.status === 'True';
}

/** Lines with that text in the logs of Calico's containers and of its CNI plugin on the node, as far as they still exist. */
export async function findInCalicoLogs(node: RealNode, pattern: RegExp): Promise<readonly string[]> {
  const files = [
    ...globSync(node.path('/var/log/pods/calico-system_*/*/*.log')),
    ...globSync(node.path('/var/log/calico/cni/*.log')),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text) => text.split('\n').filter((line) => pattern.test(line)));
}
