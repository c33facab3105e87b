/** How calico-node finds the addresses of its node. */
import type { EnvVar } from '../../api/kubernetes.ts';
import type { EffectiveSpec, Resolved } from '../../resolve/types.ts';
import { env } from '../shared/pod.ts';

type Autodetection = NonNullable<EffectiveSpec['calicoNetwork']['nodeAddressAutodetectionV4']>;

/** A method as calico-node spells it; absent when the family is not in use. */
export function detectionMethod(autodetection: Autodetection | undefined): string | undefined {
  if (autodetection === undefined) return undefined;
  const { interface: pattern, skipInterface, canReach, firstFound, cidrs, kubernetes } = autodetection;
  if (pattern !== undefined && pattern !== '') return `interface=${pattern}`;
  if (skipInterface !== undefined && skipInterface !== '') return `skip-interface=${skipInterface}`;
  if (canReach !== undefined && canReach !== '') return `can-reach=${canReach}`;
  if (firstFound === true) return 'first-found';
  if (cidrs !== undefined && cidrs.length > 0) return `cidr=${cidrs.join(',')}`;
  return kubernetes === 'NodeInternalIP' ? 'kubernetes-internal-ip' : undefined;
}

/**
 * Whether policy must cover IPv6. Where Calico's plugin gives the addresses, IPv6 is in use when the node's address is
 * looked for; the plugins of clouds give IPv6 addresses whatever is set here, so there the Services tell.
 */
function filtersIpv6({ spec, cluster }: Resolved, method: string | undefined): boolean {
  if (method !== undefined) return true;
  if (spec.cni.type === 'Calico') return false;
  return [...cluster.dnsServiceAddresses, ...(spec.serviceCIDRs ?? [])].some((text) => text.includes(':'));
}

/** Variables of both families, with what depends on IPv6 being in use. */
export function addressEnv(resolved: Resolved): readonly EnvVar[] {
  const { nodeAddressAutodetectionV4, nodeAddressAutodetectionV6, bgp, mtu } = resolved.spec.calicoNetwork;
  const ipv4 = detectionMethod(nodeAddressAutodetectionV4);
  const ipv6 = detectionMethod(nodeAddressAutodetectionV6);
  const tunnelMtu = ipv6 === undefined || mtu === undefined || mtu === 0 ? undefined : String(mtu);
  return env({
    IP: ipv4 === undefined ? 'none' : 'autodetect',
    ...(ipv4 === undefined ? {} : { IP_AUTODETECTION_METHOD: ipv4 }),
    IP6: ipv6 === undefined ? 'none' : 'autodetect',
    ...(ipv6 === undefined ? {} : { IP6_AUTODETECTION_METHOD: ipv6 }),
    FELIX_IPV6SUPPORT: String(filtersIpv6(resolved, ipv6)),
    // BIRD wants a router id; without an IPv4 address to take it from it is made from the node's name.
    ...(ipv6 !== undefined && ipv4 === undefined && bgp === 'Enabled' ? { CALICO_ROUTER_ID: 'hash' } : {}),
    ...(tunnelMtu === undefined ? {} : { FELIX_VXLANMTUV6: tunnelMtu, FELIX_WIREGUARDMTUV6: tunnelMtu }),
  });
}
