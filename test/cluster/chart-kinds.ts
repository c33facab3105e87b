/** A cluster that knows every kind that the chart and the documentation name, to try manifests on without applying them. */
import { eventually } from '../control-plane/eventually.ts';
import type { Preparation } from '../control-plane/shared.ts';
import { monitoringKinds } from './fixtures/monitoring-kinds.ts';
import { installCrds } from './operator.ts';

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Arguments of kubectl by which the API server looks at every field, and nothing is written. */
export const tryOut = ['apply', '--server-side', '--dry-run=server', '--validate=strict'] as const;

export const kindsInstalled: Preparation = {
  snapshot: 'kinds-of-the-chart',
  prepare: async ({ api }) => {
    await installCrds(api);
    for (const kind of monitoringKinds) await api.create(crdPath, kind);
    for (const name of ['tigera-operator', 'calico-system'])
      await api.create('/api/v1/namespaces', { metadata: { name } });
    // Admission asks for the account of a pod, which is only tried out like the pod itself.
    await api.create('/api/v1/namespaces/tigera-operator/serviceaccounts', {
      metadata: { name: 'tigera-operator-test' },
    });
    await eventually(async () => (await api.find('/apis/monitoring.coreos.com/v1')) !== undefined, {
      description: 'kinds of Prometheus Operator',
    });
  },
};
