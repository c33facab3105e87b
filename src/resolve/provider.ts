/** Which platform the cluster runs on: told by the user, else remembered, else recognised. */
import type { Chooser, DefaultsRecord } from './record.ts';
import { atInstallation, type Findings, noFindings } from './findings.ts';
import type { Provider, Snapshot } from './types.ts';

/** What platforms are recognised by. Gathered by the caller; absent means no. */
export interface ProviderSigns {
  /** Names of the API groups that are served. */
  readonly apiGroups: readonly string[];
  /** `config.openshift.io/v1` serves the kind ClusterVersion. */
  readonly openShiftClusterVersion?: boolean;
  /** Label keys seen on nodes, each once. */
  readonly nodeLabelKeys: readonly string[];
  /** A node has both a label of a master and one of Docker Enterprise (`com.docker.ucp…`). */
  readonly dockerEnterpriseMaster?: boolean;
  /** Start of `spec.providerID` up to `://`, each once. */
  readonly providerIdSchemes: readonly string[];
  /** ConfigMaps of `kube-system`, at least those of `kubeSystemConfigMaps`, by name. */
  readonly configMaps: readonly string[];
  /** Services of `kube-system` by name, with their label keys. */
  readonly services: Readonly<Record<string, readonly string[]>>;
}

/** The ConfigMaps of `kube-system` whose existence is a sign. */
export const kubeSystemConfigMaps = ['aws-auth', 'eks-certificates-controller', 'rke2'] as const;

/** The Services of `kube-system` whose existence or labels are a sign. */
export const kubeSystemServices = ['kube-dns', 'rke2-coredns-rke2-coredns'] as const;

const signs: readonly (readonly [Provider, (seen: ProviderSigns) => boolean])[] = [
  [
    'GKE',
    (seen) =>
      seen.apiGroups.includes('networking.gke.io') &&
      seen.nodeLabelKeys.some((key) => key.startsWith('cloud.google.com/gke-')),
  ],
  ['TKG', (seen) => seen.apiGroups.includes('core.tanzu.vmware.com')],
  ['OpenShift', (seen) => seen.openShiftClusterVersion === true],
  ['DockerEnterprise', (seen) => seen.dockerEnterpriseMaster === true],
  [
    'EKS',
    (seen) =>
      seen.configMaps.includes('aws-auth') ||
      seen.configMaps.includes('eks-certificates-controller') ||
      (seen.services['kube-dns'] ?? []).includes('eks.amazonaws.com/component'),
  ],
  [
    'RKE2',
    (seen) => seen.configMaps.includes('rke2') || seen.services['rke2-coredns-rke2-coredns'] !== undefined,
  ],
  ['Kind', (seen) => seen.providerIdSchemes.includes('kind')],
];

/**
 * The first platform whose signs are there; `''` if none. AKS is never recognised: its nodes look the same with Azure's
 * CNI plugin and without, and taking the wrong one for granted would refuse or break a stock Installation.
 */
export function detectProvider(seen: ProviderSigns): Provider {
  return signs.find(([, matches]) => matches(seen))?.[0] ?? '';
}

/**
 * The provider to go by. A user's word against a recognised platform is refused. A cluster that was installed without
 * the user's word stays what it was taken for then, with a remark where it looks different now.
 */
export function chooseProvider(
  snapshot: Snapshot,
  given: Provider | undefined,
  record: DefaultsRecord,
  chooser: Chooser,
): { readonly provider: Provider; readonly findings: Findings } {
  const detected = snapshot.cluster.detectedProvider;
  const recorded = record.computed.kubernetesProvider;
  const provider = chooser.choose('kubernetesProvider', { given, recorded, derived: detected });
  if (detected === '' || detected === provider) return { provider, findings: noFindings };
  const field = 'spec.kubernetesProvider';
  if (given !== undefined && given !== '') {
    const refusal = atInstallation(snapshot, {
      field,
      value: given,
      problem: `the cluster is ${detected}`,
      cure: `Set kubernetesProvider to ${detected}, or leave it out`,
    });
    return { provider, findings: { refusals: [refusal], warnings: [] } };
  }
  const warning = atInstallation(snapshot, {
    reason: 'ConfigurationWarning',
    field,
    problem: `the cluster looks like ${detected} now, but Calico was installed for ${provider || 'no particular platform'} and stays so`,
    cure: `Set kubernetesProvider to ${detected} to change over`,
  });
  return { provider, findings: { refusals: [], warnings: [warning] } };
}
