/** What comes before calico-node goes: kube-proxy serves Services again, and BPF leaves the nodes. Pure. */
import type { FelixConfiguration } from '../../../api/calico.ts';
import type { DaemonSet, KubeObject, ManagedFieldsEntry } from '../../../api/kubernetes.ts';
import { ownsBpfEnabled } from '../../../render/configuration/bpf-enabled.ts';
import { daemonSetRollout } from '../daemon-set-rollout.ts';
import { isKeptElsewhere, isSwitchedOff } from './decide.ts';

/** What the cluster shows. */
export interface HandBackFacts {
  /** The Installation, with a deletion timestamp. */
  readonly installation: KubeObject;
  /** Absent when there is none, or when it was never the operator's to change. */
  readonly kubeProxy?: DaemonSet;
  readonly felix?: FelixConfiguration;
  /** calico-node runs, so that Felix can still act. */
  readonly nodeRuns: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What to do now. */
export type HandBackStep =
  | { readonly kind: 'start kube-proxy'; readonly daemonSet: DaemonSet }
  | { readonly kind: 'stop BPF' }
  /** Look again after an event, or after so many milliseconds. */
  | { readonly kind: 'wait'; readonly message: string; readonly retryAfter: number }
  | { readonly kind: 'done' };

/** How long kube-proxy may take before the deletion goes on without it, in milliseconds. */
const patience = 120_000;

/** How long Felix is given to take its programs off the nodes, in milliseconds. */
const cleanUp = 30_000;

/** Field manager of the write that stops BPF; by it, its time is found again. */
export const handBackManager = 'calico-operator/hand-back';

/** The next step. Found from what is there, so that a restart in between changes nothing; bounded in time. */
export function planHandBack(facts: HandBackFacts): HandBackStep {
  const { installation, kubeProxy, felix, nodeRuns, now } = facts;
  const deadline = Date.parse(installation.metadata.deletionTimestamp ?? '') + patience;
  const isLate = !(now < deadline);
  if (kubeProxy !== undefined && !isLate && !isKeptElsewhere(kubeProxy)) {
    if (isSwitchedOff(kubeProxy)) return { kind: 'start kube-proxy', daemonSet: kubeProxy };
    const { complete, done, desired } = daemonSetRollout(kubeProxy);
    if (!complete) {
      const message = `Waiting for kube-proxy to serve Services on every node: it does on ${done} of ${desired}`;
      return { kind: 'wait', message, retryAfter: Math.min(deadline - now, 10_000) };
    }
  }
  if (!nodeRuns) return { kind: 'done' };
  if (felix?.spec?.bpfEnabled === true && ownsBpfEnabled(felix)) return { kind: 'stop BPF' };
  const left = cleanUp - (now - stoppedAt(felix));
  return left > 0 && left <= cleanUp
    ? { kind: 'wait', message: 'Waiting for calico-node to take BPF off the nodes', retryAfter: left }
    : { kind: 'done' };
}

/** When BPF was stopped for a deletion; long ago, if it was not. */
function stoppedAt(felix: FelixConfiguration | undefined): number {
  const entries: readonly ManagedFieldsEntry[] = felix?.metadata.managedFields ?? [];
  const entry = entries.find(({ manager }) => manager === handBackManager);
  const time = Date.parse(entry?.time ?? '');
  return Number.isNaN(time) ? -Infinity : time;
}
