/** What a change of a DaemonSet or Deployment does to its pods. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { DaemonSet, Deployment, KubeObject } from '../../api/kubernetes.ts';
import { isSwitchedOff } from '../../controllers/installation/kube-proxy/decide.ts';
import type { NodeSummary } from '../../resolve/types.ts';
import type { Change, Effect } from './types.ts';

type Workload = DaemonSet | Deployment;

/** Of anything but a workload a change restarts nothing. Pods that no node takes any more stop, at whatever pace. */
export function effectOf({ action, before, after }: Change, nodes: NodeSummary): Effect {
  const [old, next] = [asWorkload(before), withoutCount(asWorkload(after), asWorkload(before))];
  if (next === undefined) {
    return old === undefined ? { kind: 'none' } : { kind: 'stops', pods: podsOf(old, nodes) };
  }
  if (old === undefined) return { kind: 'starts', pods: podsOf(next, nodes) };
  if (action === 'recreate') {
    return { kind: 'rolls', pods: podsOf(old, nodes), pace: 'all at once: it is deleted and made again' };
  }
  const [from, to] = [podsOf(old, nodes), podsOf(next, nodes)];
  if (isSwitchedOff(next) !== isSwitchedOff(old)) {
    return isSwitchedOff(next) ? { kind: 'stops', pods: from } : { kind: 'starts', pods: to };
  }
  if (!isDeepStrictEqual(old.spec?.template, next.spec?.template)) {
    return { kind: 'rolls', pods: from, pace: paceOf(next, from) };
  }
  return next.kind === 'Deployment' && from !== to ? { kind: 'scales', from, to } : { kind: 'none' };
}

/** The workload that an object is, if it is one. */
export function asWorkload(object: KubeObject | undefined): Workload | undefined {
  return object?.kind === 'DaemonSet' || object?.kind === 'Deployment' ? (object as Workload) : undefined;
}

/** Where it was switched off, its status counts no node. */
function withoutCount(next: Workload | undefined, old: Workload | undefined): Workload | undefined {
  if (next?.kind !== 'DaemonSet' || !isSwitchedOff(old)) return next;
  const { status: _, ...counted } = next;
  return counted;
}

/** How many pods a workload has once it is rolled out. */
export function podsOf(workload: Workload, nodes: NodeSummary): number {
  if (workload.kind === 'Deployment') return workload.spec?.replicas ?? 1;
  if (isSwitchedOff(workload)) return 0;
  const windows = workload.spec?.template.spec?.nodeSelector?.['kubernetes.io/os'] === 'windows';
  return workload.status?.desiredNumberScheduled ?? (windows ? nodes.windows : nodes.linux);
}

/** The pace of a rollout by the strategy that is in force while it goes. */
function paceOf(workload: Workload, pods: number): string {
  if (workload.kind === 'DaemonSet') {
    const { type, rollingUpdate } = workload.spec?.updateStrategy ?? {};
    if (type === 'OnDelete') return 'each only when somebody deletes it';
    const surge = amountOf(rollingUpdate?.maxSurge, pods, Math.ceil, 0);
    if (surge > 0) return `${atATime(surge, pods)}, each started before the one it replaces is stopped`;
    return atATime(amountOf(rollingUpdate?.maxUnavailable, pods, Math.ceil, 1), pods);
  }
  const { type, rollingUpdate } = workload.spec?.strategy ?? {};
  if (type === 'Recreate') return pods === 1 ? 'stopped before the new one starts' : 'all at once';
  const missing = amountOf(rollingUpdate?.maxUnavailable ?? '25%', pods, Math.floor, 1);
  const surge = amountOf(rollingUpdate?.maxSurge ?? '25%', pods, Math.ceil, 1);
  if (missing === 0 && surge > 0)
    return `${atATime(surge, pods)}, each started before the one it replaces is stopped`;
  return atATime(missing + surge, pods);
}

/** A number, or percents of all pods. */
function amountOf(
  given: number | string | undefined,
  pods: number,
  round: (amount: number) => number,
  absent: number,
): number {
  if (given === undefined) return absent;
  const percent = /^(\d+)%$/.exec(String(given))?.[1];
  return percent === undefined ? Number(given) : round((pods * Number(percent)) / 100);
}

function atATime(amount: number, pods: number): string {
  if (amount <= 1) return 'one at a time';
  return amount >= pods ? 'all at once' : `${amount} at a time`;
}
