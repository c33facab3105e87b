/** The one field of kube-proxy that the operator writes. */
import type { DaemonSet } from '../../../api/kubernetes.ts';
import { resources } from '../../../api/resources.ts';
import type { Store } from '../../../cache/types.ts';
import { isConflict, isNotFound } from '../../../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../../../kube/types.ts';
import type { Logger } from '../../../telemetry/types.ts';
import { disableSelector } from './decide.ts';

/** Address of the DaemonSet. */
export const kubeProxyRef: ObjectRef = {
  resource: resources.DaemonSet,
  namespace: 'kube-system',
  name: 'kube-proxy',
};

/** What a change needs. */
export interface KubeProxyAccess {
  readonly client: Pick<KubeClient, 'mergePatch'>;
  readonly store: Pick<Store<DaemonSet>, 'observe'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The DaemonSet as it stands after a change. Pure. */
export function changedKubeProxy(daemonSet: DaemonSet, change: 'set' | 'remove'): DaemonSet {
  const { spec } = daemonSet;
  if (spec === undefined) return daemonSet;
  const { [disableSelector]: _, ...others } = spec.template.spec?.nodeSelector ?? {};
  const nodeSelector = change === 'set' ? { ...others, [disableSelector]: 'true' } : others;
  const pod = { containers: [], ...spec.template.spec, nodeSelector };
  return { ...daemonSet, spec: { ...spec, template: { ...spec.template, spec: pod } } };
}

/**
 * Sets the node selector, or takes it away. A merge patch of this one key, under an optimistic lock: `nodeSelector` is one
 * value to a server-side apply, which would throw out the selectors that came with kube-proxy.
 * @throws what the API server answered, but for an object that is gone or has changed: then the watch brings us back
 */
export async function changeKubeProxy(
  daemonSet: DaemonSet,
  change: 'set' | 'remove',
  { client, store, logger, signal }: KubeProxyAccess,
): Promise<void> {
  const { resourceVersion } = daemonSet.metadata;
  const nodeSelector = { [disableSelector]: change === 'set' ? 'true' : null };
  const patch = { metadata: { resourceVersion }, spec: { template: { spec: { nodeSelector } } } };
  try {
    store.observe(
      await client.mergePatch(kubeProxyRef, patch, { fieldManager: 'calico-operator/kube-proxy', signal }),
    );
    logger.info(change === 'set' ? 'kube-proxy switched off' : 'kube-proxy switched on');
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
