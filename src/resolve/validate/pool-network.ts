/** Rules between pools and the network settings. */
import { ipamTypesOf } from '../defaults/cni.ts';
import type { FieldMistake } from '../findings.ts';
import { encapsulationContext, encapsulationMisfit } from '../pools/encapsulation.ts';
import { selectsMethod } from './autodetection.ts';
import { completeEntries } from './pool-list.ts';
import { placeOf } from './pools.ts';
import { type Candidate, refuse, type Rule } from './rule.ts';

/** Every pool's packets find their way under the settings. */
export const poolNetworkRules: Rule = (candidate) => {
  const { spec } = candidate;
  const context = encapsulationContext(spec.cni, spec.calicoNetwork);
  const misfits = completeEntries(candidate).flatMap((entry): readonly FieldMistake[] => {
    const { kind, pool } = entry;
    const misfit = kind === undefined ? undefined : encapsulationMisfit(pool.encapsulation, kind, context);
    return misfit === undefined
      ? []
      : [{ field: `${placeOf(entry)}.encapsulation`, value: pool.encapsulation, ...misfit }];
  });
  return [
    ...refuse(candidate, ...misfits, ...bgpMistakes(candidate), ...bpfMistakes(candidate)),
    ...poolsPresent(candidate),
  ];
};

function bgpMistakes({ spec }: Candidate): readonly FieldMistake[] {
  if (spec.cni.type === 'Calico' || spec.calicoNetwork.bgp !== 'Enabled') return [];
  return [
    {
      field: 'spec.calicoNetwork.bgp',
      value: 'Enabled',
      problem: `with CNI ${spec.cni.type} Calico has no routes to exchange`,
      cure: 'Set bgp to Disabled, or cni.type to Calico',
    },
  ];
}

function bpfMistakes({ spec, enabledPools }: Candidate): readonly FieldMistake[] {
  if (spec.calicoNetwork.linuxDataplane !== 'BPF') return [];
  return ([4, 6] as const).flatMap((family) => {
    const field = `nodeAddressAutodetectionV${family}` as const;
    const method = spec.calicoNetwork[field];
    const needed = enabledPools.some((pool) => pool.family === family);
    if (!needed || (method !== undefined && selectsMethod(method))) return [];
    return [
      {
        field: `spec.calicoNetwork.${field}`,
        ...(method === undefined ? {} : { value: method }),
        problem: `the BPF data plane has to know the IPv${family} address of each node, because there is an IPv${family} pool`,
        cure: 'Choose a method, for example firstFound: true, or leave the field out',
      },
    ];
  });
}

const poolsPresent: Rule = (candidate) => {
  const { spec, enabledPools, entries, poolsKnown } = candidate;
  const { type, ipam } = spec.cni;
  const fits =
    Object.hasOwn(ipamTypesOf, type) && (ipamTypesOf[type] as readonly string[]).includes(ipam.type);
  const needed = fits && (type === 'Calico' || entries.length > 0);
  const unreadable = entries.some((entry) => entry.pool === undefined);
  if (!needed || !poolsKnown || unreadable || enabledPools.length > 0) return [];
  return refuse(candidate, {
    reason: 'ResourceNotFound',
    field: 'spec.calicoNetwork.ipPools',
    ...(candidate.user.calicoNetwork?.ipPools === undefined
      ? {}
      : { value: candidate.user.calicoNetwork.ipPools }),
    problem: 'there is no enabled IP pool for pods, neither in the spec nor in the cluster',
    cure: 'List a pool, leave ipPools out to have one derived, or create an IPPool',
  });
};
