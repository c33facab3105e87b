/** What the cluster has to have for Windows nodes. */
import type { Refusal } from '../../api/refusal.ts';
import type { WindowsFacts } from '../types.ts';
import type { WindowsNeeds } from './needs.ts';

const byCommand = 'Run calicoctl ipam configure --strictaffinity=true';

/** Windows nodes cannot borrow addresses from each other's blocks; Calico's IPAM refuses them a block otherwise. */
export function ipamMistakes({ ipam }: WindowsNeeds, { strictAffinity }: WindowsFacts): readonly Refusal[] {
  const object = 'IPAMConfig default';
  const field = 'spec.strictAffinity';
  if (!ipam || strictAffinity === true) return [];
  if (strictAffinity === 'forbidden') {
    return [
      {
        reason: 'PermissionDenied',
        object,
        problem: 'the operator may not read whether addresses have strict affinity, which Windows nodes need',
        cure: 'Apply the ClusterRole of this release',
      },
    ];
  }
  return [
    {
      reason: 'ResourceValidationError',
      object,
      field,
      ...(strictAffinity === 'absent' ? {} : { value: String(strictAffinity) }),
      problem:
        strictAffinity === 'absent'
          ? 'the object does not exist, and Windows nodes need strict affinity'
          : 'Windows nodes need it, since they cannot borrow addresses from the blocks of other nodes',
      cure:
        strictAffinity === 'absent'
          ? `${byCommand}, or create it with strictAffinity and autoAllocateBlocks true`
          : `${byCommand}, or set it to true`,
    },
  ];
}

/** Pods on Windows get their name servers from the CNI plugin. */
export function dnsMistakes({ dns }: WindowsNeeds, { dnsServers }: WindowsFacts): readonly Refusal[] {
  if (dns === undefined || dnsServers.some((address) => !address.includes(':'))) return [];
  return [
    {
      reason: 'ResourceNotFound',
      object: `Service ${dns.namespace}/${dns.name}`,
      problem:
        dnsServers.length === 0
          ? 'it does not exist or has no cluster IP, and pods on Windows have to be told their name server'
          : 'it has no IPv4 address, and pods on Windows have no other',
      cure: "Create it in front of the cluster's DNS with a cluster IP of IPv4",
    },
  ];
}
