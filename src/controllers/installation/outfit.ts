/** What the stages of a reconcile work with: made once, handed to each. */
import type { Installation } from '../../api/installation.ts';
import { resources } from '../../api/resources.ts';
import { execute } from '../../apply/execute.ts';
import { FailedWrites } from '../../apply/failed-writes.ts';
import { Interner } from '../../apply/interner.ts';
import { ApplyMemory } from '../../apply/memory.ts';
import type { Ownership } from '../../apply/ownership.ts';
import { unlessChanged } from '../../apply/once.ts';
import { describeRef } from '../../apply/refs.ts';
import { finalizerPatch } from '../../apply/teardown.ts';
import type { Outcome, Plan } from '../../apply/types.ts';
import { Drafts } from '../../certificates/drafts.ts';
import type { Clock } from '../../clock.ts';
import { isConflict, isNotFound } from '../../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../../kube/types.ts';
import type { RenderInput } from '../../render/types.ts';
import { poolOwner } from '../../resolve/pools/existing.ts';
import { backOffDelay } from '../../runtime/back-off.ts';
import type { ReconcileContext } from '../../runtime/workers.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Logger } from '../../telemetry/types.ts';
import { renderOwned } from './desired.ts';
import { patientWithSecrets, type SecretPatience } from './patient-client.ts';
import { Publisher } from './publish.ts';
import { isLost, type Stores } from './stores.ts';

/** Field manager of everything that the Installation controller applies. */
export const installationManager = 'calico-operator/installation';

/** What the process brings. */
export interface Equipment {
  readonly client: KubeClient;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly operator: RenderInput['operator'];
  /** PEM of the public roots. */
  readonly systemRoots: string;
  /** Name of this process, for Events. */
  readonly instance: string;
}

/** The equipment with what is made of it. */
export interface Outfit extends Equipment {
  readonly publisher: Publisher;
  readonly history: ApplyMemory;
  /** Rendering that answers as in the pass before while nothing of its input has changed. */
  readonly render: typeof renderOwned;
  readonly interner: Interner;
  readonly failedWrites: FailedWrites;
  readonly drafts: Drafts;
  /** Carries out a plan, counts and logs what it did. */
  readonly execute: (plan: Plan, context: ReconcileContext) => Promise<readonly Outcome[]>;
  /** Sets or lifts our finalizer; `gone` also when somebody else was faster. */
  readonly setFinalizer: (
    installation: Installation,
    wanted: 'set' | 'lifted',
    signal: AbortSignal,
  ) => Promise<void>;
}

/**
 * What failed is tried again soon, and ever less often: 21 times in the first hour. So nobody waits longer than the failure
 * has already lasted, and six minutes at most. Any change of the spec, and a restart, begin anew.
 */
export const retries = { base: 100, factor: 2, cap: 360_000 } as const;

/** Makes the outfit of a process. */
export function makeOutfit(equipment: Equipment): Outfit {
  const history = new ApplyMemory(installationManager);
  const failedWrites = new FailedWrites(equipment.clock, (failures) => backOffDelay(failures, retries));
  const memories = { history, failedWrites, patience: { exhausted: false } };
  return {
    ...equipment,
    history,
    render: unlessChanged(renderOwned),
    interner: new Interner(),
    failedWrites,
    drafts: new Drafts(),
    publisher: new Publisher(equipment),
    execute: (plan, context) => carryOut(plan, context, equipment, memories),
    setFinalizer: (installation, wanted, signal) => setFinalizer(installation, wanted, equipment, signal),
  };
}

/** How objects of an Installation are told from others. */
export function ownershipOf(installation: Installation): Ownership {
  return { manager: installationManager, managedBy: poolOwner, ownerUid: installation.metadata.uid ?? '' };
}

interface Memories extends Pick<Outfit, 'history' | 'failedWrites'> {
  readonly patience: SecretPatience;
}

async function carryOut(
  plan: Plan,
  { logger, signal }: ReconcileContext,
  { client, clock, stores, metrics }: Equipment,
  { history, failedWrites, patience }: Memories,
): Promise<readonly Outcome[]> {
  const outcomes = await execute(plan, {
    client: patientWithSecrets(client, clock, signal, patience),
    manager: installationManager,
    signal,
    observe: (ref, object) => stores.storeOf(ref)?.observe(object),
    observeDeleted: (ref, uid) => stores.storeOf(ref)?.observeDeleted(ref.name, ref.namespace, uid),
    recall: (action) => failedWrites.recall(action),
    onOutcome: (outcome) => {
      failedWrites.record(outcome);
      tell(outcome, logger, metrics);
    },
  });
  wake(outcomes, stores);
  for (const { object, left } of history.record(outcomes)) {
    const fields = left.map(({ path }) => path);
    logger.warn('The API server stored an object differently', { object: object.metadata.name, fields });
  }
  return outcomes;
}

/** What could be written can be watched: the permission, or the CRD, has come. */
function wake(outcomes: readonly Outcome[], stores: Stores): void {
  for (const { kind, action } of outcomes) {
    const store = kind === 'done' ? stores.storeOf(action.ref) : undefined;
    if (store !== undefined && isLost(store)) store.wake();
  }
}

function tell(outcome: Outcome, logger: Logger, metrics: Pick<Metrics, 'driftRepaired'>): void {
  const { action } = outcome;
  if (outcome.kind !== 'done' || action.kind === 'none') return;
  const drift = 'drift' in action && action.drift;
  if (drift) metrics.driftRepaired(action.ref.resource.kind);
  const fields =
    'differences' in action ? action.differences.slice(0, 10).map(({ path }) => path) : undefined;
  logger.info('Object written', { object: describeRef(action.ref), action: action.kind, drift, fields });
}

async function setFinalizer(
  installation: Installation,
  wanted: 'set' | 'lifted',
  { client, stores }: Equipment,
  signal: AbortSignal,
): Promise<void> {
  const patch = finalizerPatch(installation, wanted);
  if (patch === undefined) return;
  const ref: ObjectRef = { resource: resources.Installation, name: installation.metadata.name };
  try {
    const stored = await client.mergePatch(ref, patch, { fieldManager: installationManager, signal });
    stores.installations.observe(stored);
  } catch (error) {
    // Gone is as good as lifted, and a conflict means that a newer version is on its way to us.
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
