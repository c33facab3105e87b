/** Rules of the workload overrides: what the API server would refuse in the workload is refused before. */
import type { InstallationSpec } from '../../../api/installation.ts';
import type { Affinity, PodSpec, ResourceRequirements, Toleration } from '../../../api/kubernetes.ts';
import type { FieldMistake } from '../../findings.ts';
import { refuse, type Rule } from '../rule.ts';
import { affinityMistakes } from './affinity.ts';
import { annotationMistakes, labelMistakes } from './metadata.ts';
import { dnsMistakes } from './dns.ts';
import { resourceMistakes } from './resources.ts';
import { rollingUpdateMistakes } from './rolling-update.ts';
import { spreadMistakes, tolerationMistakes } from './scheduling.ts';

interface MetadataOverride {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ContainerOverride {
  readonly name: string;
  readonly resources?: ResourceRequirements;
}

/** What the override fields have in common, and what some of them have besides. */
interface Override {
  readonly metadata?: MetadataOverride;
  readonly spec?: {
    readonly minReadySeconds?: number;
    readonly strategy?: {
      readonly rollingUpdate?: {
        readonly maxSurge?: number | string;
        readonly maxUnavailable?: number | string;
      };
    };
    readonly template?: {
      readonly metadata?: MetadataOverride;
      readonly spec?: {
        readonly containers?: readonly ContainerOverride[];
        readonly initContainers?: readonly ContainerOverride[];
        readonly affinity?: Affinity;
        readonly nodeSelector?: Readonly<Record<string, string>>;
        readonly topologySpreadConstraints?: NonNullable<PodSpec['topologySpreadConstraints']>;
        readonly tolerations?: readonly Toleration[];
        readonly terminationGracePeriodSeconds?: number;
        readonly dnsPolicy?: string;
        readonly dnsConfig?: NonNullable<PodSpec['dnsConfig']>;
      };
    };
  };
}

const overrideFields = [
  'calicoNodeDaemonSet',
  'calicoNodeWindowsDaemonSet',
  'calicoKubeControllersDeployment',
  'typhaDeployment',
  'csiNodeDriverDaemonSet',
] as const satisfies readonly (keyof InstallationSpec)[];

/** Every override, and the deprecated fields that do the same. */
export const overrideRules: Rule = (candidate) => {
  const { spec } = candidate;
  const ofOverrides = overrideFields.flatMap((field) => {
    const override: Override | undefined = spec[field];
    return override === undefined ? [] : overrideMistakes(override, `spec.${field}`);
  });
  const ofComponents = (spec.componentResources ?? []).flatMap(({ resourceRequirements }, index) =>
    resourceMistakes(resourceRequirements, `spec.componentResources[${index}].resourceRequirements`),
  );
  return refuse(
    candidate,
    ...ofOverrides,
    ...ofComponents,
    ...tolerationMistakes(spec.controlPlaneTolerations, 'spec.controlPlaneTolerations'),
    ...labelMistakes(spec.controlPlaneNodeSelector, 'spec.controlPlaneNodeSelector'),
    ...affinityMistakes(spec.typhaAffinity, 'spec.typhaAffinity'),
  );
};

function overrideMistakes({ metadata, spec }: Override, place: string): readonly FieldMistake[] {
  const template = `${place}.spec.template`;
  const pod = spec?.template?.spec;
  return [
    ...metadataMistakes(metadata, `${place}.metadata`),
    ...notNegative(spec?.minReadySeconds, `${place}.spec.minReadySeconds`),
    ...rollingUpdateMistakes(spec?.strategy?.rollingUpdate, `${place}.spec.strategy.rollingUpdate`),
    ...metadataMistakes(spec?.template?.metadata, `${template}.metadata`),
    ...containerMistakes(pod?.initContainers, `${template}.spec.initContainers`),
    ...bootstrapTwice(pod?.initContainers, `${template}.spec.initContainers`),
    ...containerMistakes(pod?.containers, `${template}.spec.containers`),
    ...affinityMistakes(pod?.affinity, `${template}.spec.affinity`),
    ...labelMistakes(pod?.nodeSelector, `${template}.spec.nodeSelector`),
    ...spreadMistakes(pod?.topologySpreadConstraints, `${template}.spec.topologySpreadConstraints`),
    ...tolerationMistakes(pod?.tolerations, `${template}.spec.tolerations`),
    ...notNegative(pod?.terminationGracePeriodSeconds, `${template}.spec.terminationGracePeriodSeconds`),
    ...dnsMistakes(pod ?? {}, `${template}.spec`),
  ];
}

function metadataMistakes(metadata: MetadataOverride | undefined, place: string): readonly FieldMistake[] {
  return [
    ...labelMistakes(metadata?.labels, `${place}.labels`),
    ...annotationMistakes(metadata?.annotations, `${place}.annotations`),
  ];
}

function notNegative(value: number | undefined, field: string): readonly FieldMistake[] {
  if (value === undefined || value >= 0) return [];
  return [{ field, value, problem: 'a number of seconds is not negative', cure: 'Choose 0 or more' }];
}

function containerMistakes(
  containers: readonly ContainerOverride[] | undefined,
  place: string,
): readonly FieldMistake[] {
  return (containers ?? []).flatMap(({ resources }, index) =>
    resourceMistakes(resources, `${place}[${index}].resources`),
  );
}

/** `mount-bpffs` is the former name of `ebpf-bootstrap`: both would say two things of one container. */
function bootstrapTwice(
  containers: readonly ContainerOverride[] | undefined,
  field: string,
): readonly FieldMistake[] {
  const names = (containers ?? []).filter((each) => each.resources !== undefined).map((each) => each.name);
  if (!names.includes('mount-bpffs') || !names.includes('ebpf-bootstrap')) return [];
  return [
    {
      field,
      value: 'mount-bpffs, ebpf-bootstrap',
      problem: 'mount-bpffs is the former name of ebpf-bootstrap',
      cure: 'Keep ebpf-bootstrap only',
    },
  ];
}
