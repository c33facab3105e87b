/** Rules of the network settings that need no pool. */
import type { FieldMistake } from '../findings.ts';
import { type Candidate, refuse, type Rule } from './rule.ts';

/** Settings that only Calico's CNI plugin has, and values out of bounds. */
export const networkRules: Rule = (candidate) =>
  refuse(
    candidate,
    ...vppMistakes(candidate),
    ...cniOnlyMistakes(candidate),
    ...sysctlMistakes(candidate),
    ...policySetupMistakes(candidate),
    ...mtuMistakes(candidate),
  );

function vppMistakes({ spec }: Candidate): readonly FieldMistake[] {
  const { linuxDataplane, bgp, hostPorts } = spec.calicoNetwork;
  if (linuxDataplane !== 'VPP') return [];
  const mistakes: FieldMistake[] = [];
  if (spec.cni.type !== 'Calico') {
    mistakes.push({
      field: 'spec.calicoNetwork.linuxDataplane',
      value: 'VPP',
      problem: `VPP does not work with CNI ${spec.cni.type}`,
      cure: 'Choose another data plane, or set cni.type to Calico',
    });
  }
  if (bgp !== 'Enabled') {
    mistakes.push({
      field: 'spec.calicoNetwork.bgp',
      value: bgp,
      problem: 'VPP needs BGP',
      cure: 'Set bgp to Enabled, or choose another data plane',
    });
  }
  if (hostPorts === 'Disabled') {
    mistakes.push({
      field: 'spec.calicoNetwork.hostPorts',
      value: hostPorts,
      problem: 'VPP cannot do without host ports',
      cure: 'Set hostPorts to Enabled, or leave it out',
    });
  }
  return mistakes;
}

function cniOnlyMistakes({ spec, user }: Candidate): readonly FieldMistake[] {
  if (spec.cni.type === 'Calico') return [];
  const given = user.calicoNetwork ?? {};
  const fields = [
    ['hostPorts', given.hostPorts, given.hostPorts === 'Enabled'],
    // What says "off" asks for nothing, so it is no mistake with a plugin that cannot do it.
    ['multiInterfaceMode', given.multiInterfaceMode, (given.multiInterfaceMode ?? 'None') !== 'None'],
    ['containerIPForwarding', given.containerIPForwarding, given.containerIPForwarding === 'Enabled'],
  ] as const;
  return fields
    .filter(([, , asks]) => asks)
    .map(([field, value]) => ({
      field: `spec.calicoNetwork.${field}`,
      value,
      problem: `CNI ${spec.cni.type} does not take it`,
      cure: 'Leave it out, or set cni.type to Calico',
    }));
}

const sysctlKeys: readonly string[] = [
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
];

function sysctlMistakes({ spec }: Candidate): readonly FieldMistake[] {
  const list = spec.calicoNetwork.sysctl ?? [];
  return list.flatMap(({ key }, index) => {
    const problem = !sysctlKeys.includes(key)
      ? 'this kernel parameter cannot be set for pods'
      : list.findIndex((other) => other.key === key) < index
        ? 'it is listed twice'
        : undefined;
    return problem === undefined
      ? []
      : [
          {
            field: `spec.calicoNetwork.sysctl[${index}].key`,
            value: key,
            problem,
            cure: `Choose from ${sysctlKeys.join(', ')}, each once`,
          },
        ];
  });
}

function policySetupMistakes({ spec, user }: Candidate): readonly FieldMistake[] {
  const field = 'spec.calicoNetwork.linuxPolicySetupTimeoutSeconds';
  const value = user.calicoNetwork?.linuxPolicySetupTimeoutSeconds;
  if (value === undefined) return [];
  if (value < 0) {
    return [{ field, value, problem: 'a time is not negative', cure: 'Choose 0 (do not wait) or more' }];
  }
  if (spec.calicoNetwork.linuxDataplane !== 'VPP' || value === 0) return [];
  return [
    {
      field,
      value,
      problem: 'VPP does not report when policy is in place',
      cure: 'Leave it out, or choose another data plane',
    },
  ];
}

function mtuMistakes({ spec, enabledPools }: Candidate): readonly FieldMistake[] {
  const { mtu } = spec.calicoNetwork;
  if (mtu === undefined || mtu === 0) return [];
  const least = enabledPools.some((pool) => pool.family === 6) ? 1280 : 68;
  if (mtu >= least && mtu <= 65535) return [];
  return [
    {
      field: 'spec.calicoNetwork.mtu',
      value: mtu,
      problem: `an MTU lies between ${least} and 65535${least === 1280 ? ' where there is IPv6' : ''}`,
      cure: 'Leave it out or set it to 0 to have it found out, or choose a number in these bounds',
    },
  ];
}
