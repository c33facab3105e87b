/** One watched resource with handlers that are called for each object: the engine under `OperatorProcess.watchResource`. */
import type { Clock } from '../clock.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { WorkQueue } from './work-queue.ts';
import { startWorkers } from './workers.ts';

type KubeObject = Parameters<KubeClient['create']>[1];

/** What happened to an object, in the words of the watch API. */
export interface ObjectEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

/**
 * Where events come from: a reflector. It lists, watches, reconnects, and reports deletions that it missed. Resolves
 * once the first complete list was delivered.
 */
export type ObjectSource = (
  resource: ObjectRef['resource'],
  namespace: string | undefined,
  onEvent: (event: ObjectEvent) => void,
  signal: AbortSignal,
) => Promise<void>;

export interface ResourceWatchOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handle: (event: ObjectEvent) => Promise<void>;
}

/** Calls the handler for the latest event of each object, one at a time for each, again and again until it succeeds. */
export interface ResourceWatch {
  readonly onEvent: (event: ObjectEvent) => void;
  stop(): Promise<void>;
}

/** Starts handling; the caller connects `onEvent` to a source. */
export function startResourceWatch(options: ResourceWatchOptions): ResourceWatch {
  const { clock, logger, name } = options;
  const queue = new WorkQueue({ clock });
  const latest = new Map<string, ObjectEvent>();
  const workers = startWorkers({
    controller: name,
    queue,
    clock,
    logger,
    reconcile: async (key) => {
      const event = latest.get(key);
      if (event === undefined) return { kind: 'done' };
      try {
        // A copy: handlers may change what they get, as the base class does with finalizers.
        await options.handle(structuredClone(event));
      } catch (error) {
        return { kind: 'retry', error: error instanceof Error ? error : new Error(String(error)) };
      }
      if (latest.get(key) === event) latest.delete(key);
      return { kind: 'done' };
    },
  });
  return {
    onEvent: (event) => {
      const { metadata } = event.object;
      // By uid: the end of one incarnation and the begin of the next must both be seen.
      const key = metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`;
      latest.set(key, event);
      queue.add(key);
    },
    stop: async () => {
      const closed = queue.close();
      await workers.stop();
      await closed;
    },
  };
}
