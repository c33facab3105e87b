/** The Installation controller as a running thing: stores wake the queue, workers reconcile. */
import { priorities, WorkQueue } from '../../runtime/work-queue.ts';
import { startWorkers, type Workers } from '../../runtime/workers.ts';
import type { Surroundings } from './gather.ts';
import { type Equipment, makeOutfit, retries } from './outfit.ts';
import { Patience } from './patience.ts';
import { createInstallationReconciler, installationName } from './reconcile.ts';
import { isLost } from './stores.ts';

/** Name of the controller in logs and metrics. */
export const controllerName = 'installation';

/** Events come in bursts: those of so many milliseconds are worked on together. A user's own change does not wait. */
const debounce = 20;

/**
 * Connects the stores with a queue of one key. The queue fills also while another process leads, so that leading begins
 * with a pass over everything.
 * @returns starts the workers, on a process that leads
 */
export function createInstallationController(
  equipment: Equipment,
  surroundings: Surroundings,
): () => Workers {
  const { clock, logger, metrics, stores } = equipment;
  const observers = metrics.controller(controllerName);
  const queue = new WorkQueue({ clock, debounce, backOff: retries, observer: observers.queue });
  const outfit = makeOutfit(equipment);
  const reconcile = createInstallationReconciler(outfit, surroundings);
  const patience = new Patience();
  stores.onChange((store, key) => {
    const wait = patience.after(store, key, stores.nodes.size);
    if (store === stores.installations) queue.addAfter(installationName, 0);
    else if (wait !== undefined) queue.addAfter(installationName, wait, priorities.background);
    else queue.add(installationName, priorities.background);
  });
  stores.onState((store) => {
    // What failed may have failed for the same reason, and definitions come together.
    outfit.failedWrites.forget();
    if (!isLost(store)) stores.wake();
    queue.add(installationName, priorities.background);
  });
  return () => {
    queue.add(installationName);
    return startWorkers({
      controller: controllerName,
      queue,
      reconcile,
      clock,
      logger,
      observer: observers.reconcile,
    });
  };
}
