import type { IPPool, IPPoolObjectSpec } from '../../api/calico.ts';
import { poolOwner } from '../../resolve/pools/existing.ts';
import type { ResolvedPool } from '../../resolve/types.ts';
import type { DesiredObject, RenderInput } from '../types.ts';
import { poolOwnership } from './ownership.ts';

type Modes = Required<Pick<IPPoolObjectSpec, 'ipipMode' | 'vxlanMode'>>;

const modes: Readonly<Record<ResolvedPool['encapsulation'], Modes>> = {
  None: { ipipMode: 'Never', vxlanMode: 'Never' },
  IPIP: { ipipMode: 'Always', vxlanMode: 'Never' },
  IPIPCrossSubnet: { ipipMode: 'CrossSubnet', vxlanMode: 'Never' },
  VXLAN: { ipipMode: 'Never', vxlanMode: 'Always' },
  VXLANCrossSubnet: { ipipMode: 'Never', vxlanMode: 'CrossSubnet' },
};

/** Fields that mean the same when absent, with the value that they then have. */
function absentFields(pool: ResolvedPool): Readonly<Partial<IPPoolObjectSpec>> {
  return {
    natOutgoing: false,
    disabled: false,
    disableBGPExport: false,
    ...(pool.encapsulation === 'None' ? modes.None : {}),
  };
}

function poolSpec(pool: ResolvedPool, live: IPPool | undefined): IPPoolObjectSpec {
  const full: IPPoolObjectSpec = {
    cidr: pool.cidr,
    blockSize: pool.blockSize,
    ...modes[pool.encapsulation],
    natOutgoing: pool.natOutgoing === 'Enabled',
    nodeSelector: pool.nodeSelector,
    disabled: pool.disableNewAllocations,
    disableBGPExport: pool.disableBGPExport,
    allowedUses: pool.allowedUses,
    assignmentMode: pool.assignmentMode,
  };
  // New pools get the fields that the reference writes. A field that says nothing is written only where a pool has it,
  // to set back what somebody changed.
  const absent = new Map<string, unknown>(Object.entries(absentFields(pool)));
  const present = new Set(Object.keys(live?.spec ?? {}));
  const said = Object.entries(full).filter(
    ([field, value]) => !absent.has(field) || absent.get(field) !== value || present.has(field),
  );
  return { cidr: pool.cidr, ...Object.fromEntries(said) };
}

/** The pools of the spec as far as they are the operator's to write, and those that left it, out of service. */
export function renderIpPools(input: RenderInput): readonly DesiredObject[] {
  const live = input.live.pools ?? [];
  const { managed, left } = poolOwnership(live, input.resolved);
  const find = (name: string) => live.find(({ metadata }) => metadata.name === name);
  const write = (name: string, spec: IPPoolObjectSpec): DesiredObject => {
    const object: IPPool = {
      apiVersion: input.resolved.cluster.calicoApi,
      kind: 'IPPool',
      metadata: { name, labels: { 'app.kubernetes.io/managed-by': poolOwner } },
      spec,
    };
    return { object, stage: 'pools', component: 'ippools', ownership: 'shared' };
  };
  // Everything is written as it stands: what is left out of an apply would be taken away.
  const disabled = left.flatMap(({ name, action }) => {
    const spec = find(name)?.spec;
    return action === 'disable' && spec !== undefined ? [write(name, { ...spec, disabled: true })] : [];
  });
  return [...managed.map((pool) => write(pool.name, poolSpec(pool, find(pool.name)))), ...disabled];
}
