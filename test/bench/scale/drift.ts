/** How fast every owned object is repaired, deleted or edited. */
import type { KubeObject } from '../../../src/api/kubernetes.ts';
import { contentOf, editOf, madeInOrder } from '../../cluster/drift.ts';
import { describeObject, pathOfMade } from '../../cluster/harness.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { eventually } from '../../control-plane/eventually.ts';

/** Times in milliseconds, over all trials. */
export interface Repairs {
  readonly trials: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly worstObject: string;
}

interface Trial {
  readonly object: string;
  readonly milliseconds: number;
}

/**
 * Deletes and edits each object, one after the other, `rounds` times, and waits until it is as before. Pods that roll out
 * because of it, which takes long on many nodes, are not waited for.
 */
export async function repairEverything(cluster: ControlPlane, rounds: number): Promise<Repairs> {
  const trials: Trial[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const object of await madeInOrder(cluster.api)) {
      // A namespace takes everything in it along, which is an uninstall, not drift.
      if (object.kind !== 'Namespace')
        trials.push(await timed(`deleted ${describeObject(object)}`, () => remove(cluster, object)));
      const live = await read(cluster, object);
      const edit = live === undefined ? undefined : editOf(live);
      if (live !== undefined && edit !== undefined) {
        trials.push(await timed(`edited ${describeObject(object)}`, () => change(cluster, live, edit)));
      }
    }
  }
  return summarise(trials);
}

const read = (cluster: ControlPlane, object: KubeObject) => cluster.api.find<KubeObject>(pathOfMade(object));

async function timed(object: string, act: () => Promise<() => Promise<boolean>>): Promise<Trial> {
  const repaired = await act();
  const began = performance.now();
  await eventually(repaired, { interval: 5, timeout: 60_000, description: `${object} to be repaired` });
  return { object, milliseconds: performance.now() - began };
}

async function remove(cluster: ControlPlane, object: KubeObject): Promise<() => Promise<boolean>> {
  const before = (await read(cluster, object))?.metadata.uid;
  await cluster.api.delete(pathOfMade(object), 'Background');
  return async () => {
    const uid = (await read(cluster, object))?.metadata.uid;
    return uid !== undefined && uid !== before;
  };
}

async function change(
  cluster: ControlPlane,
  live: KubeObject,
  edit: object,
): Promise<() => Promise<boolean>> {
  const wanted = contentOf(live);
  await cluster.api.mergePatch(pathOfMade(live), edit);
  return async () => {
    const now = await read(cluster, live);
    return now !== undefined && contentOf(now) === wanted;
  };
}

function summarise(trials: readonly Trial[]): Repairs {
  const sorted = [...trials].sort((a, b) => a.milliseconds - b.milliseconds);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.milliseconds ?? NaN;
  const worst = sorted.at(-1);
  return {
    trials: trials.length,
    p50: at(0.5),
    p99: at(0.99),
    worst: worst?.milliseconds ?? NaN,
    worstObject: worst?.object ?? '',
  };
}
