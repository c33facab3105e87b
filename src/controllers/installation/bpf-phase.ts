/**
 * Where the BPF data plane stands on its way on or off (docs/adr/0008-bpf-handover.md), read from the cluster alone so
 * that it survives restarts.
 */
import type { FelixConfiguration } from '../../api/calico.ts';
import type { DaemonSet } from '../../api/kubernetes.ts';
import type { DataPlanePhase } from '../../render/types.ts';
import { daemonSetRollout } from './daemon-set-rollout.ts';
import { recordedAddresses } from './recorded-addresses.ts';

/** What the cluster shows of the transition. */
export interface BpfFacts {
  /** The spec asks for BPF. */
  readonly wanted: boolean;
  readonly felix?: FelixConfiguration;
  /** DaemonSet calico-node. */
  readonly node?: DaemonSet;
  /** Pods of calico-node that exist, also without a DaemonSet. */
  readonly nodePods: number;
  /** kube-proxy was switched off for BPF and does not serve Services on every node yet. */
  readonly kubeProxyAway: boolean;
}

/** The phase, and what the next one waits for. */
export interface BpfStand {
  readonly phase: DataPlanePhase;
  /** For the status; absent when nothing is waited for. */
  readonly waiting?: string;
}

/**
 * On: calico-node is rolled out for BPF first, then Felix is told. A cluster without calico-node is told at once, and
 * what is on stays on whatever happens to a node. Off: kube-proxy serves Services first, then Felix is told, then
 * calico-node is rolled out.
 */
export function bpfPhase(facts: BpfFacts): BpfStand {
  const { wanted, felix, node, kubeProxyAway } = facts;
  const isOn = felix?.spec?.bpfEnabled === true;
  if (!wanted) {
    const enabled = isOn && kubeProxyAway;
    if (!enabled) return { phase: { bpfEnabled: false, bpfTemplate: false } };
    const bootstrap = recordedAddresses(node);
    return {
      phase: { bpfEnabled: true, bpfTemplate: true, ...(bootstrap === undefined ? {} : { bootstrap }) },
      waiting: 'The BPF data plane is switched off when kube-proxy serves Services on every node',
    };
  }
  if (isOn || isFresh(facts) || isOnByEnvironment(node)) {
    return { phase: { bpfEnabled: true, bpfTemplate: true } };
  }
  const rollout = node !== undefined && hasBpfTemplate(node) ? daemonSetRollout(node) : undefined;
  if (rollout?.complete === true) return { phase: { bpfEnabled: true, bpfTemplate: true } };
  const progress = rollout === undefined ? '' : `: ${rollout.done} of ${rollout.desired} do`;
  return {
    phase: { bpfEnabled: false, bpfTemplate: true },
    waiting: `The BPF data plane is switched on when every node runs calico-node with its new template${progress}`,
  };
}

/** Nothing runs that could be torn over to another data plane. */
function isFresh({ node, nodePods }: BpfFacts): boolean {
  return node === undefined && nodePods === 0;
}

/** Operators of long ago switched BPF on by a variable, which is about to be taken away. */
function isOnByEnvironment(node: DaemonSet | undefined): boolean {
  const variables = node?.spec?.template.spec?.containers.flatMap(({ env = [] }) => env) ?? [];
  return variables.some(
    ({ name, value }) => name === 'FELIX_BPFENABLED' && /^(true|1|t)$/i.test(value ?? ''),
  );
}

/** calico-node as the BPF data plane needs it: file system and cgroup mounted, or the pod does not start. */
export function hasBpfTemplate(node: DaemonSet): boolean {
  const pod = node.spec?.template.spec;
  const bootstrap = pod?.initContainers?.find(({ name }) => name === 'ebpf-bootstrap');
  return (
    bootstrap?.command?.includes('-best-effort') === false &&
    (pod?.volumes?.some(({ name }) => name === 'bpffs') ?? false)
  );
}
