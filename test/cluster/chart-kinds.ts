/** A cluster that knows every kind that the chart and the documentation name, to try manifests on without applying them. */
import type { Preparation } from '../control-plane/shared.ts';
import { monitoringKinds } from './fixtures/monitoring-kinds.ts';
import { applyDefinitions } from './manifests.ts';
import { installCrds } from './operator.ts';

/** Arguments of kubectl by which the API server looks at every field, and nothing is written. */
export const tryOut = ['apply', '--server-side', '--dry-run=server', '--validate=strict'] as const;

export const kindsInstalled: Preparation = {
  snapshot: 'kinds-of-the-chart',
  prepare: async ({ api }) => {
    await installCrds(api);
    await applyDefinitions(api, monitoringKinds);
    for (const name of ['tigera-operator', 'calico-system'])
      await api.create('/api/v1/namespaces', { metadata: { name } });
    // Admission asks for the account of a pod, which is only tried out like the pod itself.
    await api.create('/api/v1/namespaces/tigera-operator/serviceaccounts', {
      metadata: { name: 'tigera-operator-test' },
    });
  },
};
