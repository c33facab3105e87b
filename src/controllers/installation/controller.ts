/** The Installation controller as a running thing: stores wake the queue, workers reconcile. */
import { priorities, WorkQueue } from '../../runtime/work-queue.ts';
import { startWorkers, type Workers } from '../../runtime/workers.ts';
import type { Surroundings } from './gather.ts';
import { type Equipment, makeOutfit } from './outfit.ts';
import { createInstallationReconciler, installationName } from './reconcile.ts';

/** Name of the controller in logs and metrics. */
export const controllerName = 'installation';

/** Events come in bursts: those of so many milliseconds are worked on together. */
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
  const reconcile = createInstallationReconciler(makeOutfit(equipment), surroundings);
  stores.onChange((store) => {
    const byUser = store === stores.installations;
    queue.add(installationName, byUser ? priorities.change : priorities.background);
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

/** Failures are nearly always the API server's: patient after the first tries, and never slower than a person. */
const retries = { base: 100, factor: 2, cap: 30_000 } as const;
