/** Installs and upgrades the CustomResourceDefinitions of this release, for --manage-crds. */
import type { BundledCrd } from '../../api/crds.ts';
import { resources } from '../../api/resources.ts';
import type { Clock } from '../../clock.ts';
import { isConflict, isNotFound, TransportError } from '../../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../../kube/types.ts';
import { isEstablished, waitUntilEstablished } from '../../runtime/crd-registration.ts';
import type { Logger } from '../../telemetry/types.ts';
import { unpackCrds } from './bundled.ts';
import { type CrdDecision, crdFieldManager, decideCrd } from './decide.ts';
import { type CrdOutcome, type CrdReport, describeReport } from './report.ts';
import type { Crd } from './types.ts';

/** What managing CustomResourceDefinitions stands on. */
export interface CrdOptions {
  readonly client: Pick<KubeClient, 'get' | 'apply'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Default: those that the program carries. */
  readonly load?: () => Promise<readonly BundledCrd[]>;
  /** Only these, by `<plural>.<group>`; those that the program does not carry are left out. Default: all. */
  readonly names?: readonly string[];
}

/** How often a definition that somebody changes at the same moment is looked at anew. */
const attempts = 3;

/**
 * Looks at every definition, installs what is missing, upgrades what is ours and older, and waits until all of them are
 * served. To be called before caches start, and by `keepCrds` later. What fails is logged with its cure and told in the
 * report; it never rejects for it. Resolves early, with what was done, when the signal aborts.
 */
export async function manageCrds(options: CrdOptions): Promise<CrdReport> {
  const report = await manageQuietly(options);
  for (const { level, message, fields } of describeReport(report)) options.logger[level](message, fields);
  return report;
}

/** The same without a word. */
export async function manageQuietly(options: CrdOptions): Promise<CrdReport> {
  const { load = unpackCrds, names, signal } = options;
  const carried = (await load()).filter(({ name }) => names?.includes(name) !== false);
  const settled: Settled[] = [];
  let unreachable: Error | undefined;
  // One after the other: definitions are large, and two parsed ones at a time are enough for the memory.
  for (const crd of carried) {
    if (signal.aborted) break;
    const { outcome, served } =
      unreachable === undefined ? await settle(crd, options) : fail(crd.name, unreachable);
    if (outcome.kind === 'failed' && outcome.error instanceof TransportError) unreachable = outcome.error;
    settled.push({ outcome, served });
  }
  const report: CrdOutcome[] = [];
  for (const each of settled) report.push(await untilServed(each, options));
  // What a stop cut short has not failed.
  return signal.aborted ? report.filter(({ kind }) => kind !== 'failed') : report;
}

interface Settled {
  readonly outcome: CrdOutcome;
  /** False when the API server doesn't serve it yet, but will. */
  readonly served: boolean;
}

async function settle({ name, json }: BundledCrd, options: CrdOptions): Promise<Settled> {
  const ours = JSON.parse(json) as Crd;
  for (let left = attempts; ; left--) {
    try {
      const live = await find(name, options);
      return await carryOut(decideCrd(ours, live), ours, live, options);
    } catch (error) {
      if (!isConflict(error) || left <= 1) return fail(name, error);
    }
  }
}

const done = { create: 'created', upgrade: 'upgraded', hold: 'held' } as const;

async function carryOut(
  decision: CrdDecision,
  ours: Crd,
  live: Crd | undefined,
  { client, signal }: CrdOptions,
): Promise<Settled> {
  const { name } = ours.metadata;
  if (decision.kind === 'keep') {
    const { reason, missing } = decision;
    // Also what was found may not be served yet: another replica may have made it a moment ago.
    const served = reason === 'terminating' || live === undefined || isEstablished(live);
    return { outcome: { kind: 'kept', name, reason, missing }, served };
  }
  // What was decided about one state must not be done to another: with it, a change in between is a conflict.
  const seen = live?.metadata.resourceVersion;
  const wanted =
    seen === undefined ? ours : { ...ours, metadata: { ...ours.metadata, resourceVersion: seen } };
  const answer = await client.apply(resources.CustomResourceDefinition, wanted, {
    fieldManager: crdFieldManager,
    signal,
  });
  return { outcome: { kind: done[decision.kind], name }, served: isEstablished(answer) };
}

async function untilServed({ outcome, served }: Settled, options: CrdOptions): Promise<CrdOutcome> {
  if (served || options.signal.aborted) return outcome;
  try {
    const live = await find(outcome.name, options);
    if (live !== undefined) await waitUntilEstablished(live, options);
    return outcome;
  } catch (error) {
    return fail(outcome.name, error).outcome;
  }
}

async function find(name: string, { client, signal }: CrdOptions): Promise<Crd | undefined> {
  const ref: ObjectRef = { resource: resources.CustomResourceDefinition, name };
  try {
    return (await client.get(ref, { signal })) as Crd;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const fail = (name: string, error: unknown): Settled => ({
  outcome: { kind: 'failed', name, error: error instanceof Error ? error : new Error(String(error)) },
  served: true,
});
