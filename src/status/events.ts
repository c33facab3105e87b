/** Events: one for each change that a person may want to know of. */
import type { KubeObject } from '../api/kubernetes.ts';
import { type Warning, describeRefusal } from '../api/refusal.ts';
import { resources } from '../api/resources.ts';
import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { clip } from './clip.ts';

/** What an Event says. */
export interface Notice {
  readonly type: 'Normal' | 'Warning';
  /** That of the condition. */
  readonly reason: string;
  readonly note: string;
  /** What the operator did or tried, as one word. */
  readonly action: string;
}

interface ConditionView {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** What a change of status is worth. Compared with the stored status, so a restart repeats nothing. */
export interface StatusChange {
  readonly previous:
    | { readonly observedGeneration?: number; readonly conditions?: readonly ConditionView[] }
    | undefined;
  readonly next: { readonly observedGeneration?: number; readonly conditions?: readonly ConditionView[] };
  /** Told once for each generation of the spec. */
  readonly warnings: readonly Warning[];
}

/** The Events of a change of status; none when nothing changed but wording or times. */
export function noticesOf({ previous, next, warnings }: StatusChange): readonly Notice[] {
  const before = new Map(previous?.conditions?.map((condition) => [condition.type, condition]));
  const conditions = (next.conditions ?? []).flatMap((condition): readonly Notice[] => {
    const old = before.get(condition.type);
    const changed = old?.status !== condition.status || old.reason !== condition.reason;
    return changed && condition.status === 'True' && condition.type !== 'Stalled'
      ? [noticeOf(condition)]
      : [];
  });
  const isNew = previous?.observedGeneration !== next.observedGeneration;
  const remarks = warnings.map(
    (warning): Notice => ({
      type: 'Warning',
      reason: warning.reason,
      note: describeRefusal(warning),
      action: 'Resolve',
    }),
  );
  return [...conditions, ...(isNew ? remarks : [])];
}

function noticeOf({ type, reason, message }: ConditionView): Notice {
  return { type: type === 'Degraded' ? 'Warning' : 'Normal', reason, note: message, action: 'Reconcile' };
}

/** What the recorder needs. */
export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, 'create'>;
  readonly clock: Pick<Clock, 'now' | 'random' | 'monotonic'>;
  readonly logger: Logger;
  /** Name of this process, as the pod's name. */
  readonly instance: string;
  /** The same Event is not repeated for so long, in milliseconds; ten minutes by default. */
  readonly repeatAfter?: number;
}

const controller = 'operator.tigera.io/calico-operator';
/** Of a note, by the API. */
const noteLimit = 1024;
const remembered = 500;

/** Writes Events. They are a courtesy: a failure is logged and nothing else. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #told = new Map<string, number>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Tells each notice about an object, unless the same was told a short while ago. */
  async record(regarding: KubeObject, notices: readonly Notice[], signal?: AbortSignal): Promise<void> {
    const fresh = notices.filter((notice) => this.#isFresh(regarding, notice));
    await Promise.all(fresh.map((notice) => this.#write(regarding, notice, signal)));
  }

  #isFresh(regarding: KubeObject, { reason, note }: Notice): boolean {
    const key = JSON.stringify([regarding.metadata.uid, reason, note]);
    const now = this.#options.clock.monotonic();
    const before = this.#told.get(key);
    if (before !== undefined && now - before < (this.#options.repeatAfter ?? 600_000)) {
      return false;
    }
    this.#told.delete(key);
    this.#told.set(key, now);
    const [oldest] = this.#told.keys();
    if (this.#told.size > remembered && oldest !== undefined) {
      this.#told.delete(oldest);
    }
    return true;
  }

  async #write(regarding: KubeObject, notice: Notice, signal?: AbortSignal): Promise<void> {
    const { client, clock, logger, instance } = this.#options;
    const event = eventOf(regarding, notice, { now: clock.now(), random: clock.random(), instance });
    try {
      await client.create(resources.Event, event, {
        fieldManager: 'calico-operator/events',
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      logger.warn('Event not written', {
        reason: notice.reason,
        error: error instanceof Error ? error.message : '',
      });
    }
  }
}

/** An `events.k8s.io/v1` Event. What is cluster-scoped has its Events in namespace `default`, by the API's rule. */
export function eventOf(
  regarding: KubeObject,
  { type, reason, note, action }: Notice,
  { now, random, instance }: { readonly now: number; readonly random: number; readonly instance: string },
): KubeObject {
  const { name, namespace = 'default', uid, resourceVersion } = regarding.metadata;
  const suffix = `${now.toString(16)}${Math.floor(random * 0xffffff)
    .toString(16)
    .padStart(6, '0')}`;
  const event = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${name}.${suffix}`, namespace },
    eventTime: new Date(now).toISOString().replace('Z', '000Z'),
    reportingController: controller,
    reportingInstance: instance.slice(0, 128),
    type,
    reason,
    action,
    note: clip(note, noteLimit),
    regarding: {
      apiVersion: regarding.apiVersion,
      kind: regarding.kind,
      name,
      ...(regarding.metadata.namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
    },
  };
  return event;
}
