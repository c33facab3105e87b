/** How long the next pass may wait after a change, so that one pass serves all that happens in the meantime. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../api/kubernetes.ts';
import { type ResourceType, resources } from '../../api/resources.ts';
import { isWorkload, lasting } from '../../apply/workloads.ts';
import type { Store, StoreKey } from '../../cache/types.ts';
import { isComplete, type ObservedWorkload } from '../../status/rollout.ts';

/**
 * While pods start, nodes, pods and the counts of workloads change without end. On 200 nodes a pass a second tells enough, on
 * 1,000 and more one every five seconds. Milliseconds.
 */
export function rolloutInterval(nodes: number): number {
  return Math.min(Math.max(nodes * 5, 1000), 5000);
}

const countedKinds: readonly ResourceType[] = [resources.Node, resources.Pod];

type Workload = KubeObject & ObservedWorkload;

/** Tells changes that have time from others. It knows each workload as it was at the change before, so it is told of all. */
export class Patience {
  readonly #known = new Map<string, Workload>();

  /** Milliseconds that a pass may wait after this change in a cluster of so many nodes; undefined when it is none of a rollout. */
  after(store: Pick<Store<unknown>, 'selection' | 'get'>, key: StoreKey, nodes: number): number | undefined {
    const { resource } = store.selection;
    if (countedKinds.includes(resource)) return rolloutInterval(nodes);
    if (!isWorkload(resource)) return undefined;
    const [name = '', namespace] = key.split('/').reverse();
    const id = `${resource.kind} ${key}`;
    const before = this.#known.get(id);
    const now = store.get(name, namespace) as Workload | undefined;
    if (now === undefined) this.#known.delete(id);
    else this.#known.set(id, now);
    return isStep(before, now) ? rolloutInterval(nodes) : undefined;
  }
}

/** Only the counts of pods have changed, and more changes are to come: the last one is what people wait for. */
function isStep(before: Workload | undefined, now: Workload | undefined): boolean {
  return (
    before !== undefined &&
    now !== undefined &&
    !isComplete(now) &&
    isDeepStrictEqual(lasting(before), lasting(now))
  );
}
