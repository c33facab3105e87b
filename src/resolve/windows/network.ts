/** Which networks Windows nodes can be part of. */
import type { Refusal } from '../../api/refusal.ts';
import type { FieldMistake } from '../findings.ts';
import { windowsKnows } from '../pools/encapsulation.ts';
import { placeOf } from '../validate/pools.ts';
import { type Candidate, refuse } from '../validate/rule.ts';

/** Windows nodes take addresses from IPv4 pools, and know two ways to the other nodes. */
export function poolMistakes(candidate: Candidate): readonly Refusal[] {
  const { spec, enabledPools } = candidate;
  if (spec.cni.type !== 'Calico') return [];
  const first = enabledPools.find(({ family }) => family === 4);
  if (first === undefined) {
    return refuse(candidate, {
      field: 'spec.calicoNetwork.ipPools',
      problem: 'there is no IPv4 pool, and pods on Windows nodes get IPv4 addresses only',
      cure: 'Add an IPv4 pool with encapsulation VXLAN or None',
    });
  }
  if (windowsKnows(first.encapsulation)) return [];
  const entry = candidate.entries.find(({ pool }) => pool?.cidr === first.cidr);
  return refuse(candidate, {
    field: entry === undefined ? 'spec.calicoNetwork.ipPools' : `${placeOf(entry)}.encapsulation`,
    value: first.encapsulation,
    problem: `the first IPv4 pool is ${first.cidr}, and Windows nodes know VXLAN and None only`,
    cure: 'Set its encapsulation to VXLAN or None, or calicoNetwork.windowsDataplane to Disabled',
  });
}

/** What is accepted and yet worth a word. */
export function windowsWarnings(candidate: Candidate): readonly FieldMistake[] {
  return [...routingWarnings(candidate), ...fipsWarnings(candidate)];
}

/** The pool says how Linux nodes reach each other, `bgp` how Windows nodes do. */
function routingWarnings({ spec, enabledPools }: Candidate): readonly FieldMistake[] {
  if (spec.cni.type !== 'Calico') return [];
  const { bgp } = spec.calicoNetwork;
  const encapsulation = enabledPools.find(({ family }) => family === 4)?.encapsulation;
  if (bgp === 'Disabled' && spec.cni.ipam.type === 'HostLocal') {
    return [
      {
        field: 'spec.calicoNetwork.bgp',
        value: bgp,
        problem: 'with host-local IPAM and without BGP Calico connects Windows nodes with nobody',
        cure: 'Set bgp to Enabled and encapsulation to None, or cni.ipam.type to Calico',
      },
    ];
  }
  if (bgp === 'Enabled' && encapsulation === 'VXLAN') {
    return [
      {
        field: 'spec.calicoNetwork.bgp',
        value: bgp,
        problem: 'with BGP Windows nodes encapsulate nothing, but Linux nodes do in a pool of VXLAN',
        cure: 'Set bgp to Disabled for VXLAN, or encapsulation to None for BGP',
      },
    ];
  }
  if (bgp === 'Disabled' && encapsulation === 'None') {
    return [
      {
        field: 'spec.calicoNetwork.bgp',
        value: bgp,
        problem:
          'without BGP Windows nodes use VXLAN, but Linux nodes do not in a pool without encapsulation',
        cure: 'Set encapsulation to VXLAN, or bgp to Enabled',
      },
    ];
  }
  return [];
}

function fipsWarnings({ spec }: Candidate): readonly FieldMistake[] {
  if (spec.fipsMode !== 'Enabled') return [];
  return [
    {
      field: 'spec.fipsMode',
      value: 'Enabled',
      problem: 'there are no FIPS builds for Windows: its nodes run the usual images',
      cure: 'Do without Windows nodes where FIPS is a must',
    },
  ];
}
