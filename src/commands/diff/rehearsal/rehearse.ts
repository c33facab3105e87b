/**
 * Goes through everything that the operator would do, step by step, with its own decisions: on forked stores, with rollouts
 * that come through and a clock that is moved to whenever there is more to do. Nothing is written anywhere, and keys that
 * are made on the way are forgotten.
 */
import type { Installation } from '../../../api/installation.ts';
import type { TigeraStatus } from '../../../api/tigera-status.ts';
import type { DaemonSet } from '../../../api/kubernetes.ts';
import type { Refusal, Warning } from '../../../api/refusal.ts';
import { systemGenerator } from '../../../certificates/generator.ts';
import { issueCertificates } from '../../../certificates/issue.ts';
import { certificateCauses } from '../../../controllers/installation/certificate-causes.ts';
import { planFor } from '../../../controllers/installation/certificates.ts';
import { changedKubeProxy, kubeProxyRef } from '../../../controllers/installation/kube-proxy/change.ts';
import {
  isSwitchedOff,
  type KubeProxyDecision,
} from '../../../controllers/installation/kube-proxy/decide.ts';
import { nextHandOver } from '../../../controllers/installation/kube-proxy/hand-over.ts';
import { decidedOf, type NextStep, nextStep } from '../../../controllers/installation/next-step.ts';
import { planAll } from '../../../controllers/installation/plan-all.ts';
import { kubeProxyComponent } from '../../../controllers/installation/report.ts';
import type { Stores } from '../../../controllers/installation/stores.ts';
import type { Resolved } from '../../../resolve/types.ts';
import { decideScene, operatorIn, type Scene } from '../scene.ts';
import type { Change, Step } from '../types.ts';
import { Rehearsed } from './carry-out.ts';
import { forkStores } from './fork.ts';
import { settle } from './settle.ts';

/** How it goes and where it ends. */
export interface Rehearsal {
  readonly kind: 'rehearsed';
  /** Only those that change anything. */
  readonly steps: readonly Step[];
  /** What is decided in the end, and where the transitions stand then. */
  readonly end: Pick<NextStep, 'typha' | 'plane'> & { readonly resolved: Resolved };
  /** What becomes of kube-proxy, from first to last. */
  readonly kubeProxy: readonly Change[];
  /** What is waited for in the end although neither a rollout nor time brings it about. */
  readonly waiting: readonly string[];
}

/** Nothing would be done. */
export interface RefusedRehearsal {
  readonly kind: 'refused';
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
}

/** More steps than any transition has, several of them at once included. */
const maxPasses = 60;

/** Rehearses from the scene as it is. */
export async function rehearse(scene: Scene): Promise<Rehearsal | RefusedRehearsal> {
  const stores = forkStores(scene.stores);
  const stage = new Rehearsed(stores, scene.stores.live);
  const steps: Step[] = [];
  let { now } = scene;
  let since = now;
  let last = await goThrough({ ...scene, stores }, stage);
  if (last.kind === 'refused') return last;
  let waitedFor: readonly string[] = [];
  for (let count = 1; count < maxPasses; count++) {
    const { changes, waiting, changesIn, end } = last;
    if (changes.length > 0) {
      steps.push({ after: now - since, waitedFor, changes });
      since = now;
    }
    waitedFor = waiting;
    const moved = settle(stores, end.resolved.cluster.nodes);
    if (changes.length === 0 && !moved) {
      if (changesIn === undefined) break;
      now += changesIn;
    }
    const next = await goThrough({ ...scene, stores, now }, stage);
    if (next.kind === 'refused') break;
    last = next;
  }
  const kubeProxy = kubeProxyChange(scene.stores, stores);
  return { kind: 'rehearsed', steps, end: last.end, kubeProxy, waiting: last.waiting };
}

interface Pass {
  readonly kind: 'pass';
  readonly end: Rehearsal['end'];
  readonly changes: readonly Change[];
  readonly waiting: readonly string[];
  /** Milliseconds after which time alone brings the next step. */
  readonly changesIn: number | undefined;
}

/** One pass of the operator. */
async function goThrough(scene: Scene, stage: Rehearsed): Promise<Pass | RefusedRehearsal> {
  const { stores, now, place } = scene;
  const installation = stores.installations.get(scene.installation.metadata.name) ?? scene.installation;
  const { snapshot, workloads, decision } = decideScene({ ...scene, installation });
  if (decision.kind === 'refused') return decision;
  const { resolved } = decision;
  const context = { spec: resolved.spec, fleet: workloads, systemRoots: place.systemRoots, now };
  const planning = planFor(snapshot, snapshot.secrets, context);
  if (planning.kind === 'refused') return planning;
  const { set: certificates } = await issueCertificates(planning, systemGenerator);
  const operator = operatorIn(scene);
  const step = nextStep({ installation, snapshot, resolved, workloads, certificates, operator, now }, stores);
  const { typha, plane, desired } = step;
  const plan = planAll(installation, { desired, windows: resolved.windows }, stores);
  const outcome = stage.carryOut(plan, now);
  const kubeProxy = handOver(plane.kubeProxy, outcome.settled, stores);
  remember(installation, decidedOf(resolved, typha), stores);
  const causes = [...certificateCauses(certificates, stores).waiting, ...typha.waiting, ...plane.waiting];
  const due = [resolved.typha, typha, certificates.change ?? {}, kubeProxy].flatMap(
    ({ changesIn }: { readonly changesIn?: number }) => changesIn ?? [],
  );
  return {
    kind: 'pass',
    end: { typha, plane, resolved },
    changes: [...outcome.changes, ...kubeProxy.changes],
    waiting: [
      ...new Set([
        ...causes.map(({ message }) => message),
        ...(plane.kubeProxy?.waiting ?? []),
        ...outcome.waiting,
      ]),
    ],
    changesIn: due.length === 0 ? undefined : Math.min(...due),
  };
}

/** The operator's own step, without a request. */
function handOver(
  decision: KubeProxyDecision | undefined,
  settled: boolean,
  stores: Stores,
): { readonly changes: readonly Change[]; readonly changesIn?: number } {
  const step = nextHandOver(decision, settled, stores);
  if (step.kind === 'nothing') return { changes: [] };
  if (step.kind === 'retire') {
    stores.statuses.observeDeleted(kubeProxyComponent, undefined, undefined);
    return { changes: [] };
  }
  const told: TigeraStatus = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'TigeraStatus',
    metadata: { name: kubeProxyComponent },
  };
  stores.statuses.observe(told);
  if (step.kind === 'tell') {
    return { changes: [], ...(step.changesIn === undefined ? {} : { changesIn: step.changesIn }) };
  }
  const { daemonSet: before, change } = step;
  const changed = changedKubeProxy(before, change);
  const generation = (before.metadata.generation ?? 0) + 1;
  const after: DaemonSet = { ...changed, metadata: { ...changed.metadata, generation } };
  stores.optional.kubeProxy.observe(after);
  return { changes: [{ ref: kubeProxyRef, action: 'update', before, after }] };
}

function remember(installation: Installation, decided: object, { installations }: Stores): void {
  installations.observe({
    ...installation,
    status: { ...installation.status, ...decided },
  } as Installation);
}

/** Its selector before and after; nothing if it is the same in the end. */
function kubeProxyChange(live: Stores, rehearsed: Stores): readonly Change[] {
  const [before, after] = [live, rehearsed].map(({ optional }) =>
    optional.kubeProxy.get(kubeProxyRef.name, kubeProxyRef.namespace),
  );
  if (before === undefined || after === undefined) return [];
  return isSwitchedOff(before) === isSwitchedOff(after)
    ? []
    : [{ ref: kubeProxyRef, action: 'update', before, after }];
}
