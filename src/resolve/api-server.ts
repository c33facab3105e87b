/** The addresses that let a node reach the API server before its Service works. */
import type { EndpointSlice, Service } from '../api/kubernetes.ts';
import type { ApiServerAddresses } from './types.ts';

/** What is known of them. */
export interface ApiServerFacts {
  /** Service `default/kubernetes`. */
  readonly service?: Service;
  /** Of that Service. */
  readonly slices: readonly EndpointSlice[];
  /** What calico-node was last rolled out with. */
  readonly recorded?: ApiServerAddresses;
}

/** Fewer live addresses than this, where there are more, are too few to rely on. */
const enough = 2;

/**
 * What calico-node is to be told; undefined when nothing is known. A change of it restarts calico-node on every node, so
 * it changes only when it must (docs/adr/0008-bpf-handover.md): nodes use the list only while they start and try one
 * address after the other, so a list stays good as long as enough of it lives, and an API server that restarts, leaves
 * or joins changes nothing.
 */
export function apiServerAddresses({
  service,
  slices,
  recorded,
}: ApiServerFacts): ApiServerAddresses | undefined {
  const services = orElse(serviceAddresses(service), recorded?.services);
  const live = endpointAddresses(slices);
  const known = recorded?.endpoints ?? [];
  const endpoints = isStillGood(known, live) ? known : live;
  return services === undefined || endpoints.length === 0 ? undefined : { services, endpoints };
}

/** Every cluster IP. */
export function serviceHosts(service: Service | undefined): readonly string[] {
  const { clusterIPs, clusterIP } = service?.spec ?? {};
  return (clusterIPs ?? [clusterIP ?? '']).filter((address) => address !== '' && address !== 'None');
}

/** Every cluster IP with every port. */
export function serviceAddresses(service: Service | undefined): readonly string[] {
  const ports = service?.spec?.ports ?? [];
  return serviceHosts(service).flatMap((address) => ports.map(({ port }) => hostAndPort(address, port)));
}

/** Every address that answers, with every port; sorted, each once. */
export function endpointAddresses(slices: readonly EndpointSlice[]): readonly string[] {
  const found = slices
    .filter(({ addressType }) => addressType !== 'FQDN')
    .flatMap(({ endpoints, ports }) =>
      (endpoints ?? [])
        // Nothing said means ready, by the API's definition.
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses }) => addresses)
        .flatMap((address) =>
          (ports ?? []).flatMap(({ port }) => (port === undefined ? [] : [hostAndPort(address, port)])),
        ),
    );
  return [...new Set(found)].sort();
}

function isStillGood(recorded: readonly string[], live: readonly string[]): boolean {
  const alive = recorded.filter((address) => live.includes(address));
  return recorded.length > 0 && alive.length >= Math.min(enough, live.length);
}

function orElse(
  list: readonly string[],
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  return list.length > 0 ? list : other;
}

function hostAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
