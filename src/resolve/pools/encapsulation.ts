/** Which encapsulations a pool can have under the network settings, and which it gets when the user names none. */
import type { CniType, IpamType } from '../fields.ts';
import type { EffectiveSpec, ResolvedPool } from '../types.ts';

type Encapsulation = ResolvedPool['encapsulation'];

/** Settings that the encapsulation depends on. */
export interface EncapsulationContext {
  readonly cniType: CniType;
  readonly ipamType: IpamType;
  readonly bgp: EffectiveSpec['calicoNetwork']['bgp'];
  readonly clusterRoutingMode: EffectiveSpec['calicoNetwork']['clusterRoutingMode'];
  readonly windowsOn: boolean;
}

/** What of a pool the encapsulation depends on. */
export interface PoolKind {
  readonly family: 4 | 6;
  /** The pool is for LoadBalancer Services. */
  readonly loadBalancer: boolean;
  /** It is the first IPv4 pool, which Windows nodes use. */
  readonly firstIpv4: boolean;
}

/** A mistake and its cure, both as a sentence without full stop. */
export interface Misfit {
  readonly problem: string;
  readonly cure: string;
}

/** Settings of an effective spec. */
export function encapsulationContext(
  cni: EffectiveSpec['cni'],
  network: EffectiveSpec['calicoNetwork'],
): EncapsulationContext {
  return {
    cniType: cni.type,
    ipamType: cni.ipam.type,
    bgp: network.bgp,
    clusterRoutingMode: network.clusterRoutingMode,
    windowsOn: network.windowsDataplane === 'HNS',
  };
}

/** Why the pool cannot have the encapsulation; undefined if it can. */
export function encapsulationMisfit(
  encapsulation: Encapsulation,
  pool: PoolKind,
  context: EncapsulationContext,
): Misfit | undefined {
  if (pool.loadBalancer) {
    if (encapsulation === 'None') return undefined;
    return {
      problem: 'a pool for LoadBalancer addresses has no encapsulation',
      cure: 'Set encapsulation to None',
    };
  }
  if (context.cniType !== 'Calico') {
    if (encapsulation === 'None') return undefined;
    return {
      problem: `with CNI ${context.cniType} Calico encapsulates nothing`,
      cure: 'Set encapsulation to None, or cni.type to Calico',
    };
  }
  const isIpip = encapsulation === 'IPIP' || encapsulation === 'IPIPCrossSubnet';
  if (isIpip && pool.family === 6) {
    return {
      problem: 'IPIP exists for IPv4 only',
      cure: 'Set encapsulation to VXLAN, VXLANCrossSubnet or None',
    };
  }
  return context.ipamType === 'HostLocal'
    ? hostLocalMisfit(encapsulation)
    : routingMisfit(encapsulation, isIpip, context);
}

function hostLocalMisfit(encapsulation: Encapsulation): Misfit | undefined {
  if (encapsulation !== 'VXLAN' && encapsulation !== 'VXLANCrossSubnet') return undefined;
  return {
    problem: 'VXLAN needs to know which node has which address, and host-local IPAM keeps that to itself',
    cure: 'Set encapsulation to IPIP, IPIPCrossSubnet or None, or cni.ipam.type to Calico',
  };
}

function routingMisfit(
  encapsulation: Encapsulation,
  isIpip: boolean,
  { bgp, clusterRoutingMode }: EncapsulationContext,
): Misfit | undefined {
  const needsBird = isIpip || encapsulation === 'None';
  if (!needsBird || bgp === 'Enabled' || clusterRoutingMode === 'Felix') return undefined;
  return {
    problem: `${isIpip ? 'IPIP' : 'a pool without encapsulation'} needs routes from BGP, and BGP is Disabled`,
    cure: 'Set encapsulation to VXLAN or VXLANCrossSubnet, or calicoNetwork.bgp to Enabled',
  };
}

/** Whether Windows nodes can have the encapsulation. */
export function windowsKnows(encapsulation: Encapsulation): boolean {
  return encapsulation === 'VXLAN' || encapsulation === 'None';
}

/** Calico's default where it works under the settings, on Windows too if that is on; else the first that does. */
export function defaultEncapsulation(pool: PoolKind, context: EncapsulationContext): Encapsulation {
  const usual: Encapsulation = pool.family === 4 && context.cniType === 'Calico' ? 'IPIP' : 'None';
  const needsWindows = context.windowsOn && context.cniType === 'Calico' && pool.firstIpv4;
  const all: readonly Encapsulation[] = [usual, 'VXLAN', 'None'];
  const candidates = all.filter((each) => !needsWindows || windowsKnows(each));
  return candidates.find((each) => encapsulationMisfit(each, pool, context) === undefined) ?? usual;
}
