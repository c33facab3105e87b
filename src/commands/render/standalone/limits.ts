/** What an Installation may ask for that a manifest without an operator cannot give. Pure. */
import type { Refusal } from '../../../api/refusal.ts';
import { atInstallation } from '../../../resolve/findings.ts';
import type { Resolved, ResolvedPool, Snapshot } from '../../../resolve/types.ts';

type Holders = Pick<Snapshot, 'installation' | 'overlay'>;

/** All mistakes at once, in the order in which the spec's fields are documented. */
export function standaloneRefusals(resolved: Resolved, holders: Holders): readonly Refusal[] {
  return [
    ...typhaRefusals(resolved, holders),
    ...networkRefusals(resolved, holders),
    ...windowsRefusals(resolved, holders),
    ...resolved.pools.flatMap((pool, index) => poolRefusals(pool, index, resolved, holders)),
  ];
}

function typhaRefusals({ typha }: Resolved, holders: Holders): readonly Refusal[] {
  if (!typha.wanted) return [];
  const why =
    typha.mode === 'Always'
      ? 'Typha is asked for'
      : `Typha is needed with more than ${typha.switchOnAbove} nodes, and there are ${typha.nodes}`;
  return [
    atInstallation(holders, {
      field: 'spec.typha.mode',
      value: typha.mode,
      problem: `${why}; a manifest has no certificates for it`,
      cure: 'Install the operator, which issues them, or set spec.typha.mode to Never',
    }),
  ];
}

function networkRefusals({ spec }: Resolved, holders: Holders): readonly Refusal[] {
  const { linuxDataplane, clusterRoutingMode } = spec.calicoNetwork;
  const refuse = (name: string, value: string, problem: string, cure: string): Refusal =>
    atInstallation(holders, { field: `spec.calicoNetwork.${name}`, value, problem, cure });
  return [
    ...(linuxDataplane === 'BPF'
      ? [
          refuse(
            'linuxDataplane',
            linuxDataplane,
            'a manifest cannot hand over from kube-proxy, nor switch BPF on once every node is ready for it',
            'Install the operator, or set it to Iptables or Nftables',
          ),
        ]
      : []),
    ...(clusterRoutingMode === undefined
      ? []
      : [
          refuse(
            'clusterRoutingMode',
            clusterRoutingMode,
            'it is a field of BGPConfiguration, which kubectl cannot create along with its definition',
            'Leave it out, and set programClusterRoutes of BGPConfiguration and FelixConfiguration once Calico runs',
          ),
        ]),
  ];
}

function windowsRefusals({ windows }: Resolved, holders: Holders): readonly Refusal[] {
  if (windows.kind === 'off') return [];
  return [
    atInstallation(holders, {
      field: 'spec.calicoNetwork.windowsDataplane',
      value: 'HNS',
      problem: 'what Windows nodes need depends on the cluster, which a manifest does not know',
      cure: 'Install the operator, or set it to Disabled',
    }),
  ];
}

/** calico-node makes one pool of each family, under a name of its own. */
function poolRefusals(
  pool: ResolvedPool,
  index: number,
  { pools }: Resolved,
  holders: Holders,
): readonly Refusal[] {
  const only = 'without an operator calico-node makes the pools, when it starts first';
  const refuse = (name: keyof ResolvedPool, problem: string, cure: string): Refusal =>
    atInstallation(holders, {
      field: `spec.calicoNetwork.ipPools[${index}].${name}`,
      value: pool[name],
      problem: `${only}: ${problem}`,
      cure,
    });
  if (pools.findIndex(({ family }) => family === pool.family) !== index) {
    const cure = 'Leave the pool out, and create it as IPPool once Calico runs, or install the operator';
    return [refuse('cidr', `one of IPv${pool.family}, not more`, cure)];
  }
  const name = defaultPoolName(pool.family);
  const uses = pool.allowedUses.join();
  const later = 'Leave it out, and change the IPPool once Calico runs, or install the operator';
  return [
    ...(pool.name === name ? [] : [refuse('name', `they are called ${name}`, `Name it ${name}`)]),
    ...(uses === 'Workload,Tunnel' ? [] : [refuse('allowedUses', 'for pods and tunnels', later)]),
    ...(pool.assignmentMode === 'Automatic' ? [] : [refuse('assignmentMode', 'for every pod', later)]),
    ...(pool.disableNewAllocations ? [refuse('disableNewAllocations', 'to be used', later)] : []),
  ];
}

/** How calico-node calls the pools that it makes. */
export const defaultPoolName = (family: 4 | 6): string => `default-ipv${family}-ippool`;
