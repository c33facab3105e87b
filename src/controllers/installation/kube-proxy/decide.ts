/** What to do with DaemonSet `kube-system/kube-proxy`, which is somebody else's but for one node selector. Pure. */
import type { DaemonSet, Deployment } from '../../../api/kubernetes.ts';
import type { Refusal } from '../../../api/refusal.ts';
import { daemonSetRollout } from '../daemon-set-rollout.ts';
import type { Demand } from './demand.ts';

/** Node selector of kube-proxy's pods that no node fulfils; the reference operator uses the same. */
export const disableSelector = 'operator.tigera.io/disable-kube-proxy';

const object = 'DaemonSet kube-system/kube-proxy';

/** What a decision is made from. */
export interface KubeProxyFacts {
  /** `kubeProxyManagement` is Enabled; otherwise kube-proxy is only given back. */
  readonly managed: boolean;
  /** The spec asks for BPF, so that kube-proxy shall go in the end. */
  readonly leaves: boolean;
  /** BPF is on although the spec does not ask for it any more. */
  readonly heldOn: boolean;
  readonly demand: Demand;
  readonly daemonSet?: DaemonSet;
}

/** What is to be done and told. */
export interface KubeProxyDecision {
  /** Set the selector, or take it away. Absent: nothing to change, or not ours to change. */
  readonly change?: 'set' | 'remove';
  /** kube-proxy does not serve Services on every node, so BPF has to. */
  readonly away: boolean;
  /** Nothing of ours is left in kube-proxy, and nothing is asked of it any more. */
  readonly finished: boolean;
  readonly refusals: readonly Refusal[];
  readonly waiting: readonly string[];
  /** Milliseconds after which time alone changes the decision. */
  readonly changesIn?: number;
}

/** True when kube-proxy's pods are kept off every node by our selector. No other workload has it. */
export function isSwitchedOff(workload: DaemonSet | Deployment | undefined): boolean {
  return workload?.spec?.template.spec?.nodeSelector?.[disableSelector] === 'true';
}

/** Decides. */
export function decideKubeProxy(facts: KubeProxyFacts): KubeProxyDecision {
  const { managed, demand, daemonSet } = facts;
  const stated = statements(demand);
  if (daemonSet === undefined) {
    return {
      ...stated,
      away: managed,
      finished: !managed,
      refusals: managed ? [...stated.refusals, missing] : [],
    };
  }
  const isOff = isSwitchedOff(daemonSet);
  const owner = ownerOf(daemonSet);
  if (owner !== undefined && !managed) return { ...stated, away: false, finished: true };
  if (demand.kind === 'run' && isOff) {
    return owner === undefined
      ? { ...stated, change: 'remove', away: true, finished: false, waiting: [comesBack] }
      : { ...stated, away: true, finished: false, refusals: [...stated.refusals, kept(owner, 'remove')] };
  }
  const refusals =
    owner !== undefined && facts.leaves && !isOff
      ? [...stated.refusals, kept(owner, 'set')]
      : stated.refusals;
  if (demand.kind === 'stop') {
    const change = isOff || owner !== undefined ? {} : { change: 'set' as const };
    return { ...stated, ...change, away: true, finished: false, refusals };
  }
  const rollout = daemonSetRollout(daemonSet);
  const away = facts.heldOn && !rollout.complete;
  const finished = !managed && !away;
  if (!away) return { ...stated, away, finished, refusals };
  const returning = `Waiting for kube-proxy to serve Services on every node: it does on ${rollout.done} of ${rollout.desired}`;
  return { ...stated, away, finished, refusals, waiting: [returning] };
}

const comesBack = 'kube-proxy is started again on every node';

function statements(demand: Demand): Pick<KubeProxyDecision, 'refusals' | 'waiting' | 'changesIn'> {
  switch (demand.kind) {
    case 'run':
      return { refusals: demand.refusals, waiting: demand.waiting === undefined ? [] : [demand.waiting] };
    case 'stay':
      return {
        refusals: [],
        waiting: [demand.waiting],
        ...(demand.changesIn === undefined ? {} : { changesIn: demand.changesIn }),
      };
    case 'stop':
      return { refusals: [], waiting: [] };
  }
}

/** Marks of tools that would undo a change of ours, or fight it. */
const ownerLabels = ['app.kubernetes.io/managed-by', 'addonmanager.kubernetes.io/mode'] as const;
const ownerAnnotation = 'argocd.argoproj.io/tracking-id';

/** Another tool would undo what the operator writes. */
export const isKeptElsewhere = (daemonSet: DaemonSet): boolean => ownerOf(daemonSet) !== undefined;

interface Owner {
  readonly field: string;
  readonly value: string;
}

function ownerOf({ metadata: { labels = {}, annotations = {} } }: DaemonSet): Owner | undefined {
  for (const label of ownerLabels) {
    const value = labels[label];
    if (value !== undefined) return { field: `metadata.labels[${label}]`, value };
  }
  const value = annotations[ownerAnnotation];
  return value === undefined ? undefined : { field: `metadata.annotations[${ownerAnnotation}]`, value };
}

function kept({ field, value }: Owner, change: 'set' | 'remove'): Refusal {
  const line = `${disableSelector}: "true"`;
  const cure =
    change === 'set'
      ? `Add ${line} to spec.template.spec.nodeSelector where kube-proxy is kept once status says that BPF is on, or set kubeProxyManagement to Disabled`
      : `Take ${line} out of spec.template.spec.nodeSelector where kube-proxy is kept, or set kubeProxyManagement to Disabled`;
  return {
    reason: 'ResourceValidationError',
    object,
    field,
    value,
    problem: `another tool keeps kube-proxy and would undo what the operator writes, so it is ${change === 'set' ? 'left running' : 'left switched off'}`,
    cure,
  };
}

const missing: Refusal = {
  reason: 'ResourceNotFound',
  object,
  problem: 'kubeProxyManagement is Enabled, and there is no such DaemonSet',
  cure: 'Install kube-proxy, or set kubeProxyManagement to Disabled where Services are served in another way',
};
