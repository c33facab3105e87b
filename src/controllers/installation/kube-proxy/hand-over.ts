/** Does with kube-proxy what was decided. */
import { reasons } from '../../../api/conditions.ts';
import { isForbidden } from '../../../kube/errors.ts';
import type { ReconcileContext } from '../../../runtime/workers.ts';
import { type ComponentReport, emptyReport } from '../../../status/types.ts';
import type { Outfit } from '../outfit.ts';
import { kubeProxyComponent } from '../report.ts';
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

/**
 * Carries the decision out. TigeraStatus kubeproxy-monitor is there before kube-proxy is switched off and goes after it
 * is back, so that whoever comes later, also after a restart with another spec, knows that there is something to undo.
 * @param settled everything that Calico needs was written; otherwise kube-proxy is not taken away
 */
export async function handOver(
  decision: KubeProxyDecision | undefined,
  settled: boolean,
  { client, logger, publisher, stores }: Pick<Outfit, 'client' | 'logger' | 'publisher' | 'stores'>,
  { signal }: Pick<ReconcileContext, 'signal'>,
): Promise<HandOver> {
  if (decision === undefined) return {};
  if (decision.finished) {
    await publisher.retire(kubeProxyComponent, signal);
    return {};
  }
  const report = kubeProxyReport(decision);
  const { change, changesIn } = decision;
  const daemonSet = stores.optional.kubeProxy.get(kubeProxyRef.name, kubeProxyRef.namespace);
  if (change === undefined || daemonSet === undefined) {
    return { report, ...(changesIn === undefined ? {} : { changesIn }) };
  }
  if (change === 'set') {
    if (!settled) return { report };
    if (stores.statuses.get(kubeProxyComponent) === undefined) return { report, changesIn: 1 };
  }
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
