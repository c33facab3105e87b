/** Defaults that follow from the platform or from nothing at all: paths, replicas, update strategy, Typha's nodes. */
import type { InstallationSpec } from '../../api/installation.ts';
import { compact } from '../fields.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';
import type { EffectiveSpec, Provider } from '../types.ts';

const flexVolumePaths: Readonly<Partial<Record<Provider, string>>> = {
  OpenShift: '/etc/kubernetes/kubelet-plugins/volume/exec/',
  GKE: '/home/kubernetes/flexvolume/',
  AKS: '/etc/kubernetes/volumeplugins/',
  RKE2: '/var/lib/kubelet/volumeplugins/',
};

type Requirement = NonNullable<Term['matchExpressions']>[number];
type Term = NonNullable<
  NonNullable<
    NonNullable<
      NonNullable<InstallationSpec['typhaAffinity']>['nodeAffinity']
    >['requiredDuringSchedulingIgnoredDuringExecution']
  >
>['nodeSelectorTerms'][number];

/**
 * What keeps Typha off nodes that are no machines. It tolerates every taint, and they run no pods of the host's network;
 * on Fargate each pod that fails there makes another such node. Virtual nodes of AKS are labelled `virtual-kubelet`; the
 * other name is the reference's.
 */
const realNodes: Readonly<Partial<Record<Provider, readonly Requirement[]>>> = {
  AKS: [
    { key: 'type', operator: 'NotIn', values: ['virtual-node', 'virtual-kubelet'] },
    { key: 'kubernetes.azure.com/cluster', operator: 'Exists' },
  ],
  EKS: [{ key: 'eks.amazonaws.com/compute-type', operator: 'NotIn', values: ['fargate'] }],
};

function affinityOnRealNodes(provider: Provider): InstallationSpec['typhaAffinity'] {
  const matchExpressions = realNodes[provider];
  return matchExpressions === undefined
    ? undefined
    : {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
        },
      };
}

type PlatformFields = Pick<
  EffectiveSpec,
  'typhaAffinity' | 'controlPlaneReplicas' | 'flexVolumePath' | 'kubeletVolumePluginPath' | 'azure'
>;

/** Paths, replicas, and what clouds need. */
export function defaultPlatform(
  user: InstallationSpec,
  provider: Provider,
  record: DefaultsRecord,
  { choose }: Chooser,
): PlatformFields {
  const recorded = record.computed;
  const onAks = provider === 'AKS';
  return compact<PlatformFields>({
    typhaAffinity: choose('typhaAffinity', {
      given: user.typhaAffinity,
      recorded: recorded.typhaAffinity,
      derived: affinityOnRealNodes(provider),
      fits: () => (recorded.kubernetesProvider ?? '') === provider,
    }),
    controlPlaneReplicas: choose('controlPlaneReplicas', {
      given: user.controlPlaneReplicas,
      recorded: recorded.controlPlaneReplicas,
      derived: 2,
    }),
    flexVolumePath: choose('flexVolumePath', {
      given: user.flexVolumePath,
      recorded: recorded.flexVolumePath,
      derived: flexVolumePaths[provider] ?? '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/',
      fits: () => (recorded.kubernetesProvider ?? '') === provider,
    }),
    kubeletVolumePluginPath: choose('kubeletVolumePluginPath', {
      given: user.kubeletVolumePluginPath,
      recorded: recorded.kubeletVolumePluginPath,
      derived: '/var/lib/kubelet',
    }),
    azure: choose('azure', {
      given: user.azure,
      recorded: recorded.azure,
      derived: onAks ? { policyMode: 'Default' } : undefined,
    }),
  });
}

/** How calico-node is updated. A surge excludes a minimum of missing pods: the API server allows only one of them. */
export function defaultUpdateStrategy(
  user: InstallationSpec,
  record: DefaultsRecord,
  { choose }: Chooser,
): EffectiveSpec['nodeUpdateStrategy'] {
  const given = user.nodeUpdateStrategy;
  const recorded = record.computed.nodeUpdateStrategy;
  const surge = given?.rollingUpdate?.maxSurge;
  const surges = surge !== undefined && surge !== 0 && surge !== '0%';
  const type = choose('nodeUpdateStrategy.type', {
    given: given?.type,
    recorded: recorded?.type,
    derived: 'RollingUpdate',
  });
  const maxUnavailable = choose<number | string>('nodeUpdateStrategy.rollingUpdate.maxUnavailable', {
    given: given?.rollingUpdate?.maxUnavailable,
    recorded: recorded?.rollingUpdate?.maxUnavailable,
    derived: surges ? 0 : 1,
    fits: (earlier) => surges === (earlier === 0),
  });
  return { ...given, type, rollingUpdate: { ...given?.rollingUpdate, maxUnavailable } };
}
