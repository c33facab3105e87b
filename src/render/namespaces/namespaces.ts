import type { Namespace, ResourceQuota, Secret } from '../../api/kubernetes.ts';
import { objectMeta } from '../shared/metadata.ts';
import { calicoNamespace } from '../shared/names.ts';
import { accountSubject, owned, roleBinding } from '../shared/objects.ts';
import type { DesiredObject, RenderInput } from '../types.ts';

function calicoSystem(input: RenderInput): Namespace {
  const { kubernetesProvider, azure } = input.resolved.spec;
  const openShift = kubernetesProvider === 'OpenShift';
  // Azure Policy leaves namespaces with this label alone; calico-node would not pass it.
  const azureExempt = kubernetesProvider === 'AKS' && azure?.policyMode !== 'Manual';
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: objectMeta(input, calicoNamespace, {
      labels: {
        name: calicoNamespace,
        'pod-security.kubernetes.io/enforce': 'privileged',
        'pod-security.kubernetes.io/enforce-version': 'latest',
        ...(openShift ? { 'openshift.io/run-level': '0' } : {}),
        ...(azureExempt ? { 'control-plane': 'true' } : {}),
      },
      annotations: openShift
        ? { 'openshift.io/node-selector': '', 'security.openshift.io/scc.podSecurityLabelSync': 'false' }
        : {},
    }),
  };
}

/** GKE admits critical pods only where a quota names their priority classes. */
function criticalPodsQuota(input: RenderInput): ResourceQuota {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: objectMeta(input, 'calico-critical-pods', { namespace: calicoNamespace }),
    spec: {
      scopeSelector: {
        matchExpressions: [
          {
            scopeName: 'PriorityClass',
            operator: 'In',
            values: ['system-node-critical', 'system-cluster-critical'],
          },
        ],
      },
    },
  };
}

/** The kubelet reads pull secrets from the pods' own namespace. */
function copyPullSecret(input: RenderInput, source: Secret): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: objectMeta(input, source.metadata.name, { namespace: calicoNamespace }),
    ...(source.type === undefined ? {} : { type: source.type }),
    ...(source.data === undefined ? {} : { data: source.data }),
  };
}

/** Namespace `calico-system`, the operator's access to its Secrets, copies of pull secrets, and the quota of GKE. */
export function renderNamespaces(input: RenderInput): readonly DesiredObject[] {
  const secretsBinding = roleBinding(input, 'tigera-operator-secrets', {
    role: { kind: 'ClusterRole', name: 'tigera-operator-secrets' },
    subjects: [accountSubject(input.operator.serviceAccount, input.operator.namespace)],
  });
  return [
    owned('namespace', calicoSystem(input), { teardown: 'keep' }),
    // As long as there are Secrets to delete, and pods that count against the quota.
    owned('identity', secretsBinding, { teardown: 'last' }),
    ...(input.resolved.spec.kubernetesProvider === 'GKE'
      ? [owned('identity', criticalPodsQuota(input), { teardown: 'last' })]
      : []),
    ...input.pullSecrets.map((source) =>
      owned('configuration', copyPullSecret(input, source), { teardown: 'last' }),
    ),
  ];
}
