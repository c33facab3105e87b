/** Does with kube-proxy what was decided. */
import { reasons } from '../../../api/conditions.ts';
import type { DaemonSet } from '../../../api/kubernetes.ts';
import { isForbidden } from '../../../kube/errors.ts';
import type { ObjectRef } from '../../../kube/types.ts';
import { isSecurityGroupObject } from '../../../render/openshift/security-groups.ts';
import { isWindowsObject } from '../../../render/windows/windows.ts';
import type { ReconcileContext } from '../../../runtime/workers.ts';
import { type ComponentReport, emptyReport } from '../../../status/types.ts';
import { isMonitored } from '../data-plane.ts';
import type { Outfit } from '../outfit.ts';
import { kubeProxyComponent } from '../report.ts';
import type { Stores } from '../stores.ts';
import { changeKubeProxy, kubeProxyRef } from './change.ts';
import type { KubeProxyDecision } from './decide.ts';

/** What became of it. */
export interface HandOver {
  /** Absent when there is nothing to say about kube-proxy. */
  readonly report?: ComponentReport;
  /** The API server refused the change. */
  readonly error?: Error;
  /** Milliseconds after which there is more to do. */
  readonly changesIn?: number;
}

/** What the decision comes to by now. */
export type HandOverStep =
  | { readonly kind: 'nothing' }
  /** Nothing is asked of kube-proxy any more: its TigeraStatus goes. */
  | { readonly kind: 'retire' }
  /** Only tells how things stand, in its TigeraStatus; there may be more to do after so many milliseconds. */
  | { readonly kind: 'tell'; readonly changesIn?: number }
  | { readonly kind: 'change'; readonly change: 'set' | 'remove'; readonly daemonSet: DaemonSet };

/** Whether kube-proxy has to wait for an object: for all that Linux nodes need, and for nothing of Windows or AWS. */
export const comesBeforeHandOver = ({ resource: { kind }, name }: ObjectRef): boolean =>
  !isWindowsObject({ kind, metadata: { name } }) && !isSecurityGroupObject({ metadata: { name } });

/**
 * The next step. TigeraStatus kubeproxy-monitor is there before kube-proxy is switched off and goes after it is back, so
 * that whoever comes later, also after a restart with another spec, knows that there is something to undo. Pure.
 * @param settled everything that Calico needs was written; otherwise kube-proxy is not taken away
 */
export function nextHandOver(
  decision: KubeProxyDecision | undefined,
  settled: boolean,
  stores: Pick<Stores, 'optional' | 'statuses'>,
): HandOverStep {
  if (decision === undefined) return { kind: 'nothing' };
  if (decision.finished) return { kind: 'retire' };
  const { change, changesIn } = decision;
  const daemonSet = stores.optional.kubeProxy.get(kubeProxyRef.name, kubeProxyRef.namespace);
  if (change === undefined || daemonSet === undefined) {
    return { kind: 'tell', ...(changesIn === undefined ? {} : { changesIn }) };
  }
  if (change === 'set' && !settled) return { kind: 'tell' };
  return change === 'set' && !isMonitored(stores)
    ? { kind: 'tell', changesIn: 1 }
    : { kind: 'change', change, daemonSet };
}

/** Carries the next step out, and says what to report. */
export async function handOver(
  decision: KubeProxyDecision | undefined,
  settled: boolean,
  { client, logger, publisher, stores }: Pick<Outfit, 'client' | 'logger' | 'publisher' | 'stores'>,
  { signal }: Pick<ReconcileContext, 'signal'>,
): Promise<HandOver> {
  const step = nextHandOver(decision, settled, stores);
  if (decision === undefined || step.kind === 'nothing') return {};
  if (step.kind === 'retire') {
    await publisher.retire(kubeProxyComponent, signal);
    return {};
  }
  const report = kubeProxyReport(decision);
  if (step.kind === 'tell') {
    return { report, ...(step.changesIn === undefined ? {} : { changesIn: step.changesIn }) };
  }
  const { change, daemonSet } = step;
  try {
    await changeKubeProxy(daemonSet, change, { client, store: stores.optional.kubeProxy, logger, signal });
    return { report };
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const reason = isForbidden(error) ? reasons.PermissionDenied : reasons.ResourcePatchError;
    const message = `DaemonSet kube-system/kube-proxy cannot be changed: ${error.message}`;
    return { report: { ...report, problems: [{ reason, message }] }, error };
  }
}

function kubeProxyReport({ refusals, waiting }: KubeProxyDecision): ComponentReport {
  return {
    ...emptyReport,
    refusals,
    waiting: waiting.map((message) => ({ reason: reasons.ResourceNotReady, message })),
  };
}
