/** Tells the world: status of the Installation, TigeraStatus, Events, metrics. Writes only what changed. */
import type { Installation } from '../../api/installation.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import type { Warning } from '../../api/refusal.ts';
import { apiVersionOf, resources } from '../../api/resources.ts';
import { compare } from '../../apply/managed-fields.ts';
import type { TigeraStatus } from '../../api/tigera-status.ts';
import type { Clock } from '../../clock.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../../kube/types.ts';
import { EventRecorder, noticesOf } from '../../status/events.ts';
import {
  componentStatus,
  type Decided,
  installationStatus,
  type Running,
} from '../../status/installation-status.ts';
import { joinReports } from '../../status/types.ts';
import { StatusWriter } from '../../status/writer.ts';
import type { MeasuredCondition, Metrics } from '../../telemetry/metrics.ts';
import type { Logger } from '../../telemetry/types.ts';
import {
  type Component,
  components,
  type OptionalComponent,
  optionalComponents,
  type Reports,
} from './report.ts';
import type { Stores } from './stores.ts';

export interface PublisherOptions {
  readonly client: KubeClient;
  readonly stores: Pick<Stores, 'installations' | 'statuses'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'setConditions'>;
  /** Name of this process, for Events. */
  readonly instance: string;
}

/** What is known after a reconcile. */
export interface Findings {
  readonly reports: Reports;
  readonly decided?: Decided;
  readonly running?: Running;
}

interface ReportedComponent {
  readonly component: Component | OptionalComponent;
  readonly live: TigeraStatus | undefined;
  readonly status: ReturnType<typeof componentStatus>;
}

interface Conditions {
  readonly conditions?: readonly MeasuredCondition[];
}

/** Publishes findings about an Installation. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #writer: StatusWriter;
  readonly #events: EventRecorder;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#writer = new StatusWriter({
      client: options.client,
      clock: options.clock,
      compare: (desired, live, manager) => compare(desired, live, manager, { subresource: 'status' }),
      observe: (ref, object) => this.#storeOf(ref).observe(object),
    });
    this.#events = new EventRecorder(options);
  }

  /** @returns milliseconds after which a write that was put off is due; undefined when all is told */
  async publish(
    installation: Installation,
    findings: Findings,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { clock } = this.#options;
    const generation = installation.metadata.generation ?? 0;
    const now = clock.now();
    const reported = [...components, ...optionalComponents].flatMap((component) => {
      const its = findings.reports[component];
      if (its === undefined) return [];
      const live = this.#options.stores.statuses.get(component);
      return [{ component, report: its, live, status: componentStatus(its, generation, live?.status, now) }];
    });
    const report = joinReports(reported.map((each) => each.report));
    const status = installationStatus({
      report,
      generation,
      previous: installation.status,
      decided: findings.decided,
      running: findings.running,
      now,
    });
    this.#measure({ installation: status, ...byComponent(reported) });
    const [written, ...others] = await allOf([
      this.#writer.write(
        {
          ref: { resource: resources.Installation, name: installation.metadata.name },
          live: installation,
          status,
        },
        signal,
      ),
      ...reported.map((each) => this.#component(each, signal)),
    ]);
    for (const component of components) {
      if (findings.reports[component] === undefined) await this.retire(component, signal);
    }
    if (written.kind === 'written') await this.#tell(installation, status, report.warnings, signal);
    const waits = [written, ...others].flatMap((result) =>
      result.kind === 'deferred' ? [result.after] : [],
    );
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** Removes what was told about an Installation that is gone. */
  async retract(signal: AbortSignal): Promise<void> {
    for (const component of [...components, ...optionalComponents]) await this.retire(component, signal);
  }

  /** Removes what was told about a component that is not there any more. */
  async retire(component: Component | OptionalComponent, signal: AbortSignal): Promise<void> {
    const { client, stores } = this.#options;
    const live = stores.statuses.get(component);
    if (live === undefined) return;
    const { uid } = live.metadata;
    try {
      await client.delete(statusRef(component), { ...(uid === undefined ? {} : { uid }), signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    stores.statuses.observeDeleted(component, undefined, uid);
  }

  #component({ component, live, status }: ReportedComponent, signal: AbortSignal) {
    const create = {
      apiVersion: apiVersionOf(resources.TigeraStatus),
      kind: 'TigeraStatus',
      metadata: { name: component },
    };
    return this.#writer.write({ ref: statusRef(component), live, status, create }, signal);
  }

  /** What is decided, whether or not it could be written; components that nothing is reported of keep what they have. */
  #measure(decided: Readonly<Record<string, Conditions>>): void {
    const { metrics, stores } = this.#options;
    const kept = optionalComponents.flatMap((component) => {
      const live = stores.statuses.get(component)?.status;
      return live === undefined ? [] : [[component, live] as const];
    });
    const all = Object.entries({ ...Object.fromEntries(kept), ...decided });
    metrics.setConditions(
      Object.fromEntries(all.map(([component, { conditions = [] }]) => [component, conditions])),
    );
  }

  async #tell(
    installation: Installation,
    next: NonNullable<Installation['status']>,
    warnings: readonly Warning[],
    signal: AbortSignal,
  ): Promise<void> {
    const notices = noticesOf({ previous: installation.status, next, warnings });
    for (const { type, reason, note } of notices) {
      this.#options.logger[type === 'Warning' ? 'warn' : 'info']('Status changed', { reason, note });
    }
    await this.#events.record(installation, notices, signal);
  }

  #storeOf(ref: ObjectRef): { observe(object: KubeObject): void } {
    const { installations, statuses } = this.#options.stores;
    return ref.resource.kind === 'Installation' ? installations : statuses;
  }
}

function byComponent(reported: readonly ReportedComponent[]): Readonly<Record<string, Conditions>> {
  return Object.fromEntries(reported.map(({ component, status }) => [component, status]));
}

/** Waits for all even if one fails: what is still under way would meet the next attempt. */
async function allOf<T>(promises: readonly [Promise<T>, ...Promise<T>[]]): Promise<readonly [T, ...T[]]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function statusRef(component: Component | OptionalComponent): ObjectRef {
  return { resource: resources.TigeraStatus, name: component };
}
