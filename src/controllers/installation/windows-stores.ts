/** What only Windows nodes depend on: watched while Windows is on, and no longer. */
import type { IPAMConfig } from '../../api/calico.ts';
import type { Service } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import type { OnDemandStore } from '../../cache/types.ts';
import type { Clock } from '../../clock.ts';
import type { Selection } from '../../kube/types.ts';
import { serviceHosts } from '../../resolve/api-server.ts';
import type { WindowsFacts } from '../../resolve/types.ts';
import { dnsServices, type ServicePlace, type WindowsNeeds } from '../../resolve/windows/needs.ts';

/** Declares a watch that runs on demand. */
export type WatchOnDemand = <Item>(selection: Selection) => OnDemandStore<Item>;

/** How long a pass waits for watches that it has just begun, in milliseconds. Linux nodes wait for that, too. */
const patience = 2_000;

/** The watches of Windows, and what they tell. */
export class WindowsStores {
  readonly #ipam: OnDemandStore<IPAMConfig>;
  /** One for each Service that may be the cluster's DNS; by name and namespace, as everything is watched. */
  readonly #dns: readonly { readonly place: ServicePlace; readonly store: OnDemandStore<Service> }[];
  #needs: WindowsNeeds = { ipam: false };

  constructor(watch: WatchOnDemand) {
    this.#ipam = watch({ resource: resources.IPAMConfig, fieldSelector: 'metadata.name=default' });
    this.#dns = Object.values(dnsServices).map((place) => ({
      place,
      store: watch({
        resource: resources.Service,
        namespace: place.namespace,
        fieldSelector: `metadata.name=${place.name}`,
      }),
    }));
  }

  /**
   * Begins and ends watches as needed. What has just begun is waited for, but not long.
   * @returns whether facts may be known now that were not before
   */
  async follow(needs: WindowsNeeds, clock: Pick<Clock, 'sleep'>, signal: AbortSignal): Promise<boolean> {
    const begun = this.need(needs);
    if (begun.length === 0) return false;
    const enough = new AbortController();
    void Promise.all(begun.map((store) => store.settled())).then(() => enough.abort());
    await clock.sleep(patience, AbortSignal.any([signal, enough.signal]));
    return true;
  }

  /** Begins and ends watches as needed. @returns those that have just begun */
  need(needs: WindowsNeeds): readonly OnDemandStore<unknown>[] {
    this.#needs = needs;
    return this.#watches().flatMap(({ needed, store }) => {
      const wasReading = isReading(store);
      store.demand(needed);
      return isReading(store) && !wasReading ? [store] : [];
    });
  }

  /** For a program that looks once, before it is known what is needed: asks for all of it. */
  demandAll(): void {
    for (const { store } of this.#watches()) store.demand(true);
  }

  /** Undefined while nothing is needed, or not yet read. */
  facts(): WindowsFacts | undefined {
    const needed = this.#watches().filter((watch) => watch.needed);
    if (needed.length === 0 || needed.some(({ store }) => isReading(store))) return undefined;
    return { strictAffinity: this.#strictAffinity(), dnsServers: this.#dnsServers() };
  }

  #watches(): readonly { readonly needed: boolean; readonly store: OnDemandStore<unknown> }[] {
    const { ipam, dns } = this.#needs;
    return [
      { needed: ipam, store: this.#ipam },
      ...this.#dns.map(({ place, store }) => ({ needed: isSame(place, dns), store })),
    ];
  }

  #strictAffinity(): WindowsFacts['strictAffinity'] {
    if (this.#ipam.state === 'forbidden') return 'forbidden';
    const config = this.#ipam.get('default');
    return config === undefined ? 'absent' : config.spec?.strictAffinity === true;
  }

  #dnsServers(): readonly string[] {
    const { dns } = this.#needs;
    const found = this.#dns.find(({ place }) => isSame(place, dns));
    return serviceHosts(dns === undefined ? undefined : found?.store.get(dns.name, dns.namespace));
  }
}

function isReading({ state }: OnDemandStore<unknown>): boolean {
  return state === 'syncing';
}

function isSame(place: ServicePlace, other: ServicePlace | undefined): boolean {
  return place.name === other?.name && place.namespace === other.namespace;
}
