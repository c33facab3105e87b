import { relative } from 'node:path';

import type { Installation } from '../../src/api/installation.ts';

/** Something to try: what it shows, and the command. */
export interface Trial {
  readonly shows: string;
  readonly command: string;
}

/**
 * Commands to try in a cluster with that Installation.
 * @param bundle path of the operator's bundle
 * @param directory where the user is
 */
export function trials(installation: Installation, bundle: string, directory: string): readonly Trial[] {
  return [
    {
      shows: 'Delete the DaemonSet: the operator makes it again at once',
      command: 'kubectl -n calico-system delete daemonset calico-node; kubectl -n calico-system get pods -w',
    },
    changeOf(installation),
    {
      shows: 'How Calico fares',
      command: `${relative(directory, process.execPath)} ${relative(directory, bundle)} status`,
    },
  ];
}

/** How packets travel, for the first pool of the spec: a change that the operator carries to the IPPool. */
export function encapsulationPatch({ spec }: Installation): readonly object[] | undefined {
  const pool = spec?.calicoNetwork?.ipPools?.[0];
  if (pool === undefined) return undefined;
  const value = pool.encapsulation === 'VXLAN' ? 'VXLANCrossSubnet' : 'VXLAN';
  return [{ op: 'add', path: '/spec/calicoNetwork/ipPools/0/encapsulation', value }];
}

function changeOf(installation: Installation): Trial {
  const patch = encapsulationPatch(installation);
  if (patch === undefined) {
    return {
      shows: 'What was decided where the spec leaves it open: status.computed',
      command: 'kubectl get installation default -o yaml',
    };
  }
  const change = `kubectl patch installation default --type json -p '${JSON.stringify(patch)}'`;
  return {
    shows: 'Change the encapsulation: the IPPool follows',
    command: `${change}; kubectl get ippools.crd.projectcalico.org -o yaml`,
  };
}
