/** Everything that is rendered has been thought about: what its end, or another make of it, does to users' pods. */
import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../../api/kubernetes.ts';
import { refOf } from '../../../apply/refs.ts';
import { inputFor } from '../../../render/fixtures.ts';
import { render } from '../../../render/render.ts';
import { eks, inputOf, vxlan } from '../../../render/windows/fixtures.ts';
import { linuxNodes } from '../../../resolve/testing.ts';
import { objectConcerns } from './objects.ts';

/** What is rendered under some conditions only is in one of them. */
const inputs = [
  inputFor({ typha: { mode: 'Always' }, calicoNetwork: { clusterRoutingMode: 'Felix' } }),
  inputFor({ kubernetesProvider: 'GKE', cni: { type: 'GKE' } }),
  inputFor({ kubernetesProvider: 'AKS', cni: { type: 'AzureVNET' } }),
  inputFor({ kubernetesProvider: 'DockerEnterprise' }),
  inputFor(
    { kubernetesProvider: 'OpenShift', calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16' }] } },
    {
      live: {
        openShiftNetwork: {
          apiVersion: 'config.openshift.io/v1',
          kind: 'Network',
          metadata: { name: 'cluster' },
        },
      },
    },
  ),
  inputOf(vxlan),
  inputOf(eks),
];

const pools = 'no deletion of the operator takes one; concerns/pools.ts judges changes field by field';
const settings = 'stays when the Installation goes; concerns/settings.ts judges changes field by field';
const rights = 'what has them goes along with them, or they are given again';

/** By kind, and name where that matters: topics of a deletion, or why there is nothing to tell. */
const considered: Readonly<Record<string, readonly string[] | string>> = {
  BGPConfiguration: settings,
  'CSIDriver csi.tigera.io': ['disruptive: CSI driver'],
  ClusterRole: rights,
  ClusterRoleBinding: rights,
  ConfigMap: 'pods keep what they have mounted; what a change rolls is told of the workload',
  'DaemonSet calico-node': ['disruptive: calico-node'],
  'DaemonSet calico-node-windows': ['disruptive: Windows'],
  'DaemonSet csi-node-driver': ['disruptive: CSI driver'],
  'Deployment calico-kube-controllers':
    'gives back addresses of nodes that are gone; nothing that runs or starts depends on it',
  'Deployment calico-typha': ['note: Typha'],
  FelixConfiguration: settings,
  IPPool: pools,
  Namespace: 'only goes with everything in it, when the Installation goes',
  Network: 'OpenShift’s own; the operator only tells it how things are',
  PodDisruptionBudget: 'counts for drains of nodes',
  ResourceQuota: 'only allows, where GKE would not, what has a critical priority',
  Role: rights,
  RoleBinding: rights,
  Secret: 'what a change rolls is told of the workload',
  Service: 'goes with Typha, when nobody asks there any more',
  ServiceAccount: rights,
};

const surrounding = {
  nodes: linuxNodes(3),
  pools: { before: [], after: [] },
  typha: { wanted: true, switchOnAbove: 50 },
  servedByBpf: false,
};

const keyOf = ({ kind, metadata }: KubeObject): string => {
  const named = `${kind} ${metadata.name}`;
  return named in considered ? named : kind;
};

const objects = inputs.flatMap((input) => render(input)).map(({ object }) => object);

test('each kind is considered, and none that is never rendered', () => {
  expect([...new Set(objects.map(keyOf))].sort()).toEqual(Object.keys(considered).sort());
});

test('deletions mean what is said', () => {
  for (const object of objects) {
    const expected = considered[keyOf(object)];
    const told = objectConcerns({ ref: refOf(object), action: 'delete', before: object }, surrounding);
    const topics = told.map(({ severity, topic }) => `${severity}: ${topic}`);
    expect([keyOf(object), topics]).toEqual([keyOf(object), typeof expected === 'string' ? [] : expected]);
  }
});
