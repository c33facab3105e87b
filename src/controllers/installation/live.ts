/** Live objects that rendering depends on. */
import type { DaemonSet, Deployment, KubeObject } from '../../api/kubernetes.ts';
import { refOf } from '../../apply/refs.ts';
import { calicoNamespace, names } from '../../render/shared/names.ts';
import type { LiveConfiguration } from '../../render/types.ts';
import type { Stores } from './stores.ts';

/** Calico's own configuration, as it is. */
export function liveConfiguration(stores: Stores): LiveConfiguration {
  const felix = stores.felix.get('default');
  const bgp = stores.bgp.get('default');
  const kubeControllers = stores.kubeControllers.get('default');
  const openShiftNetwork = stores.openShiftNetwork.get('cluster');
  const { ownImage } = stores.aws;
  return {
    ...(openShiftNetwork === undefined ? {} : { openShiftNetwork }),
    ...(ownImage === undefined ? {} : { ownImage }),
    ...(felix === undefined ? {} : { felix }),
    ...(bgp === undefined ? {} : { bgp }),
    ...(kubeControllers === undefined ? {} : { kubeControllers }),
    pools: stores.pools.list(),
  };
}

/** Absent when not there. */
export interface LiveWorkloads {
  readonly node?: DaemonSet;
  readonly nodeWindows?: DaemonSet;
  readonly typha?: Deployment;
}

/** The workloads that Typha's way on and off is read from. */
export function liveWorkloads(stores: Stores): LiveWorkloads {
  const find = (kind: string, name: string): KubeObject | undefined =>
    stores.live(refOf({ apiVersion: 'apps/v1', kind, metadata: { name, namespace: calicoNamespace } }));
  const node = find('DaemonSet', names.node) as DaemonSet | undefined;
  const typha = find('Deployment', names.typha) as Deployment | undefined;
  const nodeWindows = find('DaemonSet', names.nodeWindows) as DaemonSet | undefined;
  return {
    ...(node === undefined ? {} : { node }),
    ...(nodeWindows === undefined ? {} : { nodeWindows }),
    ...(typha === undefined ? {} : { typha }),
  };
}
