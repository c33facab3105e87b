/** An Installation that shall be there: the stages in their order. */
import type { Installation } from '../../api/installation.ts';
import type { CertificateSet } from '../../api/key-pair.ts';
import { refOf } from '../../apply/refs.ts';
import type { Outcome } from '../../apply/types.ts';
import { nextReview } from '../../certificates/expiry.ts';
import { bpfRemarks } from '../../render/configuration/bpf-enabled.ts';
import { poolOwnership } from '../../render/ip-pools/ownership.ts';
import type { DesiredObject } from '../../render/types.ts';
import type { Resolved, Snapshot } from '../../resolve/types.ts';
import { calicoVersion } from '../../resolve/versions.ts';
import { windowsNeeds } from '../../resolve/windows/needs.ts';
import type { ReconcileContext, Result } from '../../runtime/workers.ts';
import { customisations } from '../../status/customised.ts';
import type { Running } from '../../status/installation-status.ts';
import type { Cause, RolloutMark } from '../../status/types.ts';
import { awsCauses } from './security-groups/causes.ts';
import { certificateCauses, followRequests } from './certificate-causes.ts';
import { type CertificateResult, ensureCertificates } from './certificates.ts';
import { followedApiServer, followOptional, optionalState } from './data-plane.ts';
import { decide } from './desired.ts';
import type { StaticFacts } from './facts.ts';
import { failureOf, retryAfter } from './failure.ts';
import { gather, type Surroundings } from './gather.ts';
import { comesBeforeHandOver, type HandOver, handOver } from './kube-proxy/hand-over.ts';
import { type LiveWorkloads, liveWorkloads } from './live.ts';
import { measure, measureCertificates } from './measure.ts';
import { missingKinds } from './missing-kinds.ts';
import { decidedOf, nextStep } from './next-step.ts';
import type { Outfit } from './outfit.ts';
import { followOpenShift } from './openshift.ts';
import { planAll } from './plan-all.ts';
import type { Findings } from './publish.ts';
import { followReferences, referable } from './references.ts';
import {
  blockedReports,
  executionReports,
  kubeProxyComponent,
  refusedReports,
  type Reports,
  rolloutsOf,
} from './report.ts';
import { scopeOf } from './scope.ts';
import { learnsThatItIsLost, type TyphaMemory, typhaHistory, typhaProblems } from './typha/step.ts';
import type { TyphaTransition } from './typha/transition.ts';

/** What a pass works on. */
export interface Pass {
  readonly installation: Installation;
  readonly facts: StaticFacts;
  readonly surroundings: Surroundings;
  readonly outfit: Outfit;
  /** Where rollouts stood after the pass before; updated. */
  readonly marks: Map<string, RolloutMark>;
  /** Updated as well. */
  readonly typha: TyphaMemory;
  readonly context: ReconcileContext;
}

/** Milliseconds between two looks at whether a watch was read; costs no request. */
const lookInterval = 500;

/** Milliseconds between two looks at whether a watch that has just begun is complete; costs no request. */
const syncInterval = 20;

/** gather → resolve → guard → render → plan → execute → status. */
export async function bringUp(pass: Pass): Promise<Result> {
  const { installation, facts, outfit, context } = pass;
  const scope = scopeOf(installation, outfit.stores);
  const missing = missingKinds(outfit.stores);
  if (missing.length > 0) {
    return publish(pass, { reports: blockedReports('problems', missing, scope) });
  }
  const followed = [followReferences(outfit.stores), followOpenShift(installation, facts, outfit.stores)];
  followOptional(outfit.stores);
  if (followed.includes(false)) return { kind: 'requeueAfter', delay: syncInterval };
  const known = optionalState(outfit.stores.optional);
  if (known === 'syncing') return { kind: 'requeueAfter', delay: syncInterval };
  if (known !== 'ready') return publish(pass, { reports: blockedReports('problems', known, scope) });
  const workloads = liveWorkloads(outfit.stores);
  const { snapshot, decision } = await gatherAndDecide(pass, workloads);
  if (decision.kind === 'refused') {
    return publish(pass, { reports: refusedReports(decision.refusals, decision.warnings, scope) });
  }
  const { resolved } = decision;
  const now = outfit.clock.now();
  const [certificates] = await Promise.all([
    ensureCertificates(snapshot, {
      ...outfit,
      spec: resolved.spec,
      fleet: workloads,
      now,
      signal: context.signal,
    }),
    outfit.setFinalizer(installation, 'set', context.signal),
  ]);
  if (certificates.kind === 'refused') {
    const warnings = [...resolved.warnings, ...certificates.warnings];
    return publish(pass, { reports: refusedReports(certificates.refusals, warnings, scope) });
  }
  return carryThrough(pass, { snapshot, resolved, workloads, certificates, now });
}

/** What a pass has decided, before anything of it is rendered. */
interface Verdict {
  readonly snapshot: Awaited<ReturnType<typeof gatherAndDecide>>['snapshot'];
  readonly resolved: Resolved;
  readonly workloads: ReturnType<typeof liveWorkloads>;
  readonly certificates: Extract<CertificateResult, { kind: 'issued' }>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** render → plan → execute → status. */
async function carryThrough(
  pass: Pass,
  { snapshot, resolved, workloads, certificates, now }: Verdict,
): Promise<Result> {
  const { installation, outfit, context } = pass;
  const { set } = certificates;
  measureCertificates(set, outfit.metrics);
  const { typha, plane, ...next } = nextStep(
    {
      installation,
      snapshot,
      resolved,
      workloads,
      certificates: set,
      operator: outfit.operator,
      render: outfit.render,
      now,
    },
    outfit.stores,
  );
  const desired = outfit.interner.intern(next.desired);
  const [outcomes] = await Promise.all([
    carryOut(pass, resolved, desired),
    followRequests(set, outfit, context.signal),
  ]);
  const handedOver = await handOver(plane.kubeProxy, isSettled(outcomes), outfit, context);
  const remarks = bpfRemarks(resolved, snapshot, outfit.stores.felix.get('default'));
  const warnings = [...certificates.warnings, ...remarks];
  const done = reportOn(pass, { snapshot, resolved, typha, desired, outcomes, certificates: set, warnings });
  const reports = withDataPlane(done, plane.waiting, handedOver);
  measure(desired, resolved, outfit);
  const unread = resolved.windows.kind === 'waiting' ? [lookInterval] : [];
  const due = [resolved.typha, typha, handedOver].flatMap(({ changesIn }) => changesIn ?? []);
  const aftermath = { outcomes, waits: [nextReview(set, now), ...due, ...unread], error: handedOver.error };
  return publish(
    pass,
    { reports, decided: decidedOf(resolved, typha), running: runningOf(resolved) },
    aftermath,
  );
}

/** Everything that the hand-over waits for is as wanted. */
function isSettled(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ kind, action }) => kind === 'done' || !comesBeforeHandOver(action.ref));
}

function withDataPlane(reports: Reports, waiting: readonly Cause[], { report }: HandOver): Reports {
  return {
    ...reports,
    calico: { ...reports.calico, waiting: [...reports.calico.waiting, ...waiting] },
    ...(report === undefined ? {} : { [kubeProxyComponent]: report }),
  };
}

/** What Windows nodes depend on is watched only once it is known that it is needed; then the decision is made anew. */
async function gatherAndDecide(
  { installation, facts, surroundings, outfit, context, typha }: Pass,
  workloads: LiveWorkloads,
) {
  const { clock, stores } = outfit;
  const look = () => {
    const snapshot = {
      ...gather(installation, stores, facts, surroundings, followedApiServer(stores)),
      typha: typhaHistory(workloads, clock.now(), typha),
      referable: referable(stores),
    };
    return { snapshot, decision: decide(snapshot) };
  };
  const first = look();
  if (first.decision.kind === 'refused') return first;
  const needs = windowsNeeds(first.decision.resolved.spec);
  return (await stores.windows.follow(needs, clock, context.signal)) ? look() : first;
}

async function carryOut(
  { installation, outfit, context }: Pass,
  { windows }: Resolved,
  desired: readonly DesiredObject[],
) {
  const { history, stores } = outfit;
  return outfit.execute(planAll(installation, { desired, windows }, stores, history), context);
}

interface Done {
  readonly snapshot: Snapshot;
  readonly resolved: Resolved;
  readonly typha: TyphaTransition;
  readonly desired: readonly DesiredObject[];
  readonly outcomes: readonly Outcome[];
  readonly certificates: CertificateSet;
  readonly warnings: Resolved['warnings'];
}

function reportOn(
  { outfit, marks }: Pass,
  { snapshot, resolved, typha, desired, outcomes, certificates, warnings }: Done,
): Reports {
  const { stores, clock } = outfit;
  const pools = poolOwnership(snapshot.pools, resolved);
  const causes = certificateCauses(certificates, stores);
  const aws = awsCauses(stores.aws, outfit.operator.namespace);
  const reports = executionReports({
    desired,
    windows: resolved.windows,
    outcomes,
    refusals: pools.refusals,
    warnings: [...resolved.warnings, ...warnings, ...pools.warnings],
    customised: customisations(resolved.spec).map(({ block }) => block),
    waiting: [...causes.waiting, ...typha.waiting, ...aws.waiting],
    problems: [...causes.problems, ...typhaProblems(snapshot, typha), ...aws.problems],
    pods: stores.pods.list(),
    live: (object) => stores.live(refOf(object)),
    marks,
    now: clock.now(),
  });
  for (const { object, mark } of rolloutsOf(reports)) marks.set(object, mark);
  return reports;
}

interface Aftermath {
  readonly outcomes?: readonly Outcome[];
  /** Milliseconds after which there is more to do. */
  readonly waits?: readonly number[];
  /** Something beside the plan failed. */
  readonly error?: Error | undefined;
}

/** Publishes, and says when to come again: at once after a failure, else when time alone changes something. */
async function publish(
  pass: Pass,
  findings: Findings,
  { outcomes = [], waits: due = [], error }: Aftermath = {},
): Promise<Result> {
  const { installation, outfit, context } = pass;
  // Our own finalizer has made a newer version: status belongs to that one, of the same generation.
  const current = outfit.stores.installations.get(installation.metadata.name) ?? installation;
  const deferred = await outfit.publisher.publish(
    { ...current, ...generationOf(installation, current) },
    findings,
    context.signal,
  );
  const failure = failureOf(outcomes, outfit.failedWrites);
  if (failure !== undefined) return failure;
  if (error !== undefined) return retryAfter(error);
  const stored = outfit.stores.installations.get(installation.metadata.name);
  if (learnsThatItIsLost(pass.typha, findings.decided?.typha, stored)) {
    return { kind: 'requeueAfter', delay: 0 };
  }
  const rollouts = rolloutsOf(findings.reports).flatMap(({ changesIn }) => changesIn ?? []);
  const waits = [...due, ...rollouts, ...(deferred === undefined ? [] : [deferred])];
  return waits.length === 0 ? { kind: 'done' } : { kind: 'requeueAfter', delay: Math.min(...waits) };
}

function generationOf(judged: Installation, current: Installation): Pick<Installation, 'metadata'> {
  const { generation } = judged.metadata;
  return { metadata: { ...current.metadata, ...(generation === undefined ? {} : { generation }) } };
}

function runningOf({ spec, images }: Resolved): Running {
  return {
    variant: spec.variant,
    calicoVersion,
    mtu: spec.calicoNetwork.mtu ?? 0,
    imageSet: images.imageSet ?? '',
  };
}
