/** The IPPools of the cluster, in the words of the Installation. */
import type { IPPool } from '../../api/calico.ts';
import type { IPPoolSpec } from '../../api/installation.ts';
import { type Cidr, parseCidr } from '../cidr.ts';
import type { ResolvedPool } from '../types.ts';

type Encapsulation = ResolvedPool['encapsulation'];

const managedByLabel = 'app.kubernetes.io/managed-by';

/** An IPPool of the cluster whose range can be read. */
export interface ExistingPool {
  readonly name: string;
  readonly cidr: Cidr;
  /** Carries the label of pools that an operator made. */
  readonly owned: boolean;
  readonly encapsulation: Encapsulation;
  /** Gives addresses to pods. */
  readonly servesPods: boolean;
  readonly blockSize: number;
  readonly allowedUses: NonNullable<IPPoolSpec['allowedUses']>;
  /** What the Installation would say to get this pool. */
  readonly asSpec: IPPoolSpec;
}

/** Label value of pools that the operator keeps; the reference's, so that either finds the other's pools. */
export const poolOwner = 'tigera-operator';

/** Pools sorted by name; those that are being deleted and those with an unreadable range are left out. */
export function readExistingPools(pools: readonly IPPool[]): readonly ExistingPool[] {
  return pools
    .filter((pool) => pool.metadata.deletionTimestamp === undefined)
    .flatMap((pool) => {
      const parsed = parseCidr(pool.spec?.cidr ?? '');
      return parsed.kind === 'cidr' ? [describe(pool, parsed.cidr)] : [];
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function describe(pool: IPPool, cidr: Cidr): ExistingPool {
  const spec = pool.spec ?? { cidr: cidr.text };
  const encapsulation = encapsulationOf(spec);
  const allowedUses = spec.allowedUses?.length ? spec.allowedUses : (['Workload', 'Tunnel'] as const);
  const blockSize = spec.blockSize ?? (cidr.family === 4 ? 26 : 122);
  return {
    name: pool.metadata.name,
    cidr,
    owned: labelsOf(pool)[managedByLabel] === poolOwner,
    encapsulation,
    servesPods: spec.disabled !== true && allowedUses.includes('Workload'),
    blockSize,
    allowedUses,
    asSpec: {
      name: pool.metadata.name,
      cidr: cidr.text,
      encapsulation,
      natOutgoing: spec.natOutgoing === true ? 'Enabled' : 'Disabled',
      nodeSelector: spec.nodeSelector || 'all()',
      blockSize,
      allowedUses,
      assignmentMode: spec.assignmentMode ?? 'Automatic',
      disableBGPExport: spec.disableBGPExport ?? false,
      disableNewAllocations: spec.disabled ?? false,
    },
  };
}

/** Labels of a pool. Calico's API server keeps those of its clients in an annotation of the stored object. */
function labelsOf(pool: IPPool): Readonly<Record<string, string>> {
  const stored = pool.metadata.annotations?.['projectcalico.org/metadata'];
  return { ...labelsWithin(stored), ...pool.metadata.labels };
}

function labelsWithin(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  try {
    const metadata = JSON.parse(text) as { readonly labels?: Readonly<Record<string, string>> } | null;
    return metadata?.labels ?? {};
  } catch {
    return {};
  }
}

function encapsulationOf({ ipipMode, vxlanMode }: NonNullable<IPPool['spec']>): Encapsulation {
  if (ipipMode === 'Always') return 'IPIP';
  if (ipipMode === 'CrossSubnet') return 'IPIPCrossSubnet';
  if (vxlanMode === 'Always') return 'VXLAN';
  return vxlanMode === 'CrossSubnet' ? 'VXLANCrossSubnet' : 'None';
}
