import { expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { Deployment, Toleration } from '../../api/kubernetes.ts';
import { admits } from '../../resolve/scheduling.ts';
import { typhaPlacement } from '../../resolve/typha/placement.ts';
import { findObject, inputFor } from '../fixtures.ts';
import { renderTypha } from './typha.ts';

const affinity = (key: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'Exists' as const }] }],
    },
  },
});
const pod = (
  fields: NonNullable<
    NonNullable<NonNullable<NonNullable<InstallationSpec['typhaDeployment']>['spec']>['template']>['spec']
  >,
): InstallationSpec => ({ typhaDeployment: { spec: { template: { spec: fields } } } });
const infra = [{ key: 'infra', operator: 'Exists' }] as const;

/** Which of some taints the tolerations bear. */
function borne(tolerations: readonly Toleration[]): readonly string[] {
  const taints = ['infra', 'gpu', 'kubernetes.io/arch'].flatMap((key) =>
    ['NoSchedule', 'NoExecute'].map((effect) => ({ key, value: 'arm64', effect })),
  );
  return taints
    .filter((taint) => admits('n', { labels: {}, taints: [taint] }, { nodeSelector: {}, tolerations }))
    .map(({ key, effect }) => `${key} ${effect}`);
}

test.each<[string, InstallationSpec]>([
  ['an affinity', { typhaAffinity: affinity('a') }],
  ['an override of the affinity', { typhaAffinity: affinity('a'), ...pod({ affinity: affinity('b') }) }],
  ['an override that has no node affinity', { typhaAffinity: affinity('a'), ...pod({ affinity: {} }) }],
  ['a node selector', pod({ nodeSelector: { pool: 'infra', 'kubernetes.io/os': 'windows' } })],
  ['tolerations of the control plane', { controlPlaneTolerations: infra }],
  ['those on GKE', { controlPlaneTolerations: infra, kubernetesProvider: 'GKE' }],
  ['an override of tolerations', { controlPlaneTolerations: infra, ...pod({ tolerations: [] }) }],
  ['the defaults of AKS', { kubernetesProvider: 'AKS' }],
  ['the defaults of EKS', { kubernetesProvider: 'EKS' }],
])('nodes are counted by what is rendered: %s', (_name, spec) => {
  const input = inputFor({ typha: { mode: 'Always' }, ...spec });
  const rendered = findObject<Deployment>(renderTypha(input), 'Deployment', 'calico-typha').spec?.template
    .spec;
  const { nodeSelector, nodeAffinity, tolerations } = typhaPlacement(input.resolved.spec);
  expect(nodeSelector).toEqual(rendered?.nodeSelector);
  expect(nodeAffinity).toEqual(rendered?.affinity?.nodeAffinity);
  expect(borne(tolerations)).toEqual(borne(rendered?.tolerations ?? []));
});

test.each<[string, NonNullable<InstallationSpec['kubernetesProvider']>, Record<string, string>, boolean]>([
  ['a machine of AKS', 'AKS', { 'kubernetes.azure.com/cluster': 'c' }, true],
  ['a virtual node of AKS', 'AKS', { 'kubernetes.azure.com/cluster': 'c', type: 'virtual-kubelet' }, false],
  ['a machine of EKS', 'EKS', {}, true],
  ['Fargate', 'EKS', { 'eks.amazonaws.com/compute-type': 'fargate' }, false],
])('%s takes Typha or not, whatever its taints', (_name, kubernetesProvider, labels, expected) => {
  const { spec } = inputFor({ kubernetesProvider }).resolved;
  const traits = {
    labels: { 'kubernetes.io/os': 'linux', ...labels },
    taints: [{ key: 'virtual', effect: 'NoSchedule' }],
  };
  expect(admits('n', traits, typhaPlacement(spec))).toBe(expected);
});
