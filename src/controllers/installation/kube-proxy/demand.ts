/** Whether kube-proxy has to run (docs/adr/0008-bpf-handover.md). Pure. */
import type { FelixConfiguration } from '../../../api/calico.ts';
import type { DaemonSet, Service } from '../../../api/kubernetes.ts';
import type { Refusal } from '../../../api/refusal.ts';
import { appliedFields } from '../../../apply/managed-fields.ts';
import { serviceHosts } from '../../../resolve/api-server.ts';
import type { Resolved } from '../../../resolve/types.ts';
import { hasBpfTemplate } from '../bpf-phase.ts';
import { daemonSetRollout } from '../daemon-set-rollout.ts';

/** What the cluster shows. */
export interface DemandFacts {
  /** `kubeProxyManagement` is Enabled. */
  readonly managed: boolean;
  /** The spec asks for BPF. */
  readonly wantsBpf: boolean;
  readonly felix?: FelixConfiguration;
  /** DaemonSet calico-node. */
  readonly node?: DaemonSet;
  /** Nodes find the API server without kube-proxy, also when they start. */
  readonly reachable: boolean;
  /** kube-proxy is switched off already. */
  readonly isOff: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is asked of kube-proxy. */
export type Demand =
  /** It must serve Services; `waiting` says what would change that, if anything is on its way. */
  | { readonly kind: 'run'; readonly waiting?: string; readonly refusals: readonly Refusal[] }
  /** It stays as it is, until a change or so many milliseconds. */
  | { readonly kind: 'stay'; readonly waiting: string; readonly changesIn?: number }
  /** BPF serves Services on every node. */
  | { readonly kind: 'stop' };

/**
 * How long Felix may take to come back after `bpfEnabled` changed, in milliseconds: three readiness probes of calico-node
 * with their time-outs. A Felix that does not come back shows as a pod that is not available by then.
 */
export const felixRestart = 100_000;

/** What kube-proxy has to do now. Once it is off, nothing but the spec or FelixConfiguration brings it back. */
export function kubeProxyDemand(facts: DemandFacts): Demand {
  const { managed, wantsBpf, felix, node, reachable, isOff } = facts;
  if (!managed || !wantsBpf) return { kind: 'run', refusals: [] };
  if (!reachable) return { kind: 'run', refusals: [unreachable] };
  if (felix?.spec?.bpfEnabled !== true) {
    return { kind: 'run', refusals: [], waiting: 'kube-proxy runs until the BPF data plane is switched on' };
  }
  if (isOff) return { kind: 'stop' };
  const rollout = node !== undefined && hasBpfTemplate(node) ? daemonSetRollout(node) : undefined;
  if (rollout?.complete !== true) {
    const progress = rollout === undefined ? '' : `: ${rollout.done} of ${rollout.desired} are`;
    const waiting = `kube-proxy runs until every pod of calico-node is available with the BPF data plane${progress}`;
    return { kind: 'stay', waiting };
  }
  const changesIn = restartLeft(facts);
  return changesIn === 0
    ? { kind: 'stop' }
    : {
        kind: 'stay',
        changesIn,
        waiting: 'kube-proxy runs until Felix had time to restart with the BPF data plane',
      };
}

/**
 * Nodes find the API server without kube-proxy: calico-node is told addresses that are not those of its Service.
 * @param service `default/kubernetes`
 */
export function isReachable({ spec, cluster }: Resolved, service: Service | undefined): boolean {
  if (spec.calicoNetwork.bpfNetworkBootstrap === 'Enabled') return true;
  const services = serviceHosts(service);
  const host = cluster.apiEndpoint?.host;
  return host !== undefined && services.length > 0 && !services.includes(host);
}

/** Felix need not restart in pods that were all made after BPF was switched on. */
function restartLeft({ felix, node, now }: DemandFacts): number {
  const since = switchedOnAt(felix);
  if (since === undefined || Date.parse(timeText(node?.metadata.creationTimestamp)) >= since) return 0;
  return Math.min(felixRestart, Math.max(0, since + felixRestart - now));
}

/** When the operator last wrote the fields among which `bpfEnabled` is; undefined when the value is somebody else's. */
function switchedOnAt(felix: FelixConfiguration | undefined): number | undefined {
  const entry = felix?.metadata.managedFields?.find(
    ({ manager, operation }) => manager === installationManager && operation === 'Apply',
  );
  const fields = felix && appliedFields(felix, installationManager)?.['f:spec'];
  const owns = typeof fields === 'object' && fields !== null && 'f:bpfEnabled' in fields;
  const time = Date.parse(timeText(entry?.time));
  return owns && !Number.isNaN(time) ? time : undefined;
}

const installationManager = 'calico-operator/installation';

const timeText = (time: string | undefined): string => time ?? '';

const unreachable: Refusal = {
  reason: 'ResourceValidationError',
  object: 'Installation default',
  field: 'spec.calicoNetwork.kubeProxyManagement',
  value: 'Enabled',
  problem:
    'without kube-proxy a node that restarts would not find the API server, since calico-node is told the address of its Service only',
  cure: 'Set bpfNetworkBootstrap to Enabled, or create ConfigMap kubernetes-services-endpoint in the namespace of the operator',
};
