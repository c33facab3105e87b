/** Gives Services back to kube-proxy before calico-node goes. */
import { resources } from '../../../api/resources.ts';
import { reasons } from '../../../api/conditions.ts';
import type { Installation } from '../../../api/installation.ts';
import { isNotFound } from '../../../kube/errors.ts';
import { bpfAnnotation } from '../../../render/configuration/bpf-enabled.ts';
import type { ReconcileContext } from '../../../runtime/workers.ts';
import { isMonitored } from '../data-plane.ts';
import { liveWorkloads } from '../live.ts';
import type { Outfit } from '../outfit.ts';
import { blockedReports } from '../report.ts';
import { scopeOf } from '../scope.ts';
import { changeKubeProxy, kubeProxyRef } from './change.ts';
import { handBackManager, type HandBackStep, planHandBack } from './hand-back.ts';

/** Milliseconds between two looks at whether the watch is complete; costs no request. */
const syncInterval = 20;

/**
 * One step.
 * @returns milliseconds until the next; undefined when Services are given back, or will not be
 * @throws what the API server answered; the caller tries again and gives up in time
 */
export async function handBack(
  installation: Installation,
  outfit: Outfit,
  context: ReconcileContext,
): Promise<number | undefined> {
  const { client, clock, logger, publisher, stores } = outfit;
  const { kubeProxy } = stores.optional;
  const { signal } = context;
  const isOurs = isMonitored(stores);
  kubeProxy.demand(isOurs);
  if (kubeProxy.state === 'syncing') return syncInterval;
  const step = planHandBack(factsOf(installation, outfit, clock.now()));
  if (step.kind === 'done') return undefined;
  const cause = { reason: reasons.Terminating, message: messageOf(step) };
  const reports = blockedReports('waiting', [cause], scopeOf(installation, stores));
  const due = await publisher.publish(installation, { reports }, signal);
  switch (step.kind) {
    case 'wait':
      return Math.min(step.retryAfter, due ?? step.retryAfter);
    case 'start kube-proxy':
      await changeKubeProxy(step.daemonSet, 'remove', { client, store: kubeProxy, logger, signal });
      return syncInterval;
    case 'stop BPF':
      await stopBpf(outfit, signal);
      return syncInterval;
  }
}

function factsOf(installation: Installation, { stores }: Outfit, now: number) {
  const kubeProxy = stores.optional.kubeProxy.get(kubeProxyRef.name, kubeProxyRef.namespace);
  const felix = stores.felix.get('default');
  return {
    installation,
    ...(kubeProxy === undefined ? {} : { kubeProxy }),
    ...(felix === undefined ? {} : { felix }),
    nodeRuns: liveWorkloads(stores).node !== undefined,
    now,
  };
}

function messageOf(step: Exclude<HandBackStep, { kind: 'done' }>): string {
  switch (step.kind) {
    case 'wait':
      return step.message;
    case 'start kube-proxy':
      return 'Starting kube-proxy again on every node';
    case 'stop BPF':
      return 'Switching the BPF data plane off';
  }
}

/** A patch, since the rest of FelixConfiguration stays as it is for whoever comes next. */
async function stopBpf({ client, logger, stores }: Outfit, signal: AbortSignal): Promise<void> {
  const patch = {
    metadata: { annotations: { [bpfAnnotation]: 'false' } },
    // For the time that Felix still has: as kube-proxy on that node does it.
    spec: { bpfEnabled: false, nftablesMode: 'Auto' },
  };
  const ref = { resource: resources.FelixConfiguration, name: 'default' };
  try {
    stores.felix.observe(await client.mergePatch(ref, patch, { fieldManager: handBackManager, signal }));
    logger.info('BPF data plane switched off');
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
