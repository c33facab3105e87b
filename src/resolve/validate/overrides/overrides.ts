/** Rules of the workload overrides: what the API server would refuse in the workload is refused before. */
import {
  type ContainerOverride,
  type MetadataOverride,
  type OverrideBlock,
  overrideBlockNames,
  type WorkloadOverride,
} from '../../../api/workload-override.ts';
import type { FieldMistake } from '../../findings.ts';
import { refuse, type Rule } from '../rule.ts';
import { affinityMistakes } from './affinity.ts';
import { containerMistakes } from './containers.ts';
import { dnsMistakes } from './dns.ts';
import { annotationMistakes, isObjectName, labelMistakes } from './metadata.ts';
import { resourceMistakes } from './resources.ts';
import { rollingUpdateMistakes } from './rolling-update.ts';
import { spreadMistakes, tolerationMistakes } from './scheduling.ts';
import { volumeMistakes } from './volumes.ts';

/** Every override, and the deprecated fields that do the same. */
export const overrideRules: Rule = (candidate) => {
  const { spec } = candidate;
  const ofOverrides = overrideBlockNames.flatMap((block) => {
    const override: WorkloadOverride | undefined = spec[block];
    return override === undefined ? [] : overrideMistakes(block, override);
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

function overrideMistakes(
  block: OverrideBlock,
  { metadata, spec }: WorkloadOverride,
): readonly FieldMistake[] {
  const place = `spec.${block}`;
  const template = `${place}.spec.template`;
  const pod = spec?.template?.spec;
  return [
    ...metadataMistakes(metadata, `${place}.metadata`),
    ...notNegative(spec?.minReadySeconds, `${place}.spec.minReadySeconds`),
    ...rollingUpdateMistakes(spec?.strategy?.rollingUpdate, `${place}.spec.strategy.rollingUpdate`),
    ...metadataMistakes(spec?.template?.metadata, `${template}.metadata`),
    ...containerMistakes(block, pod?.initContainers, `${template}.spec.initContainers`),
    ...bootstrapTwice(pod?.initContainers, `${template}.spec.initContainers`),
    ...containerMistakes(block, pod?.containers, `${template}.spec.containers`),
    ...affinityMistakes(pod?.affinity, `${template}.spec.affinity`),
    ...labelMistakes(pod?.nodeSelector, `${template}.spec.nodeSelector`),
    ...spreadMistakes(pod?.topologySpreadConstraints, `${template}.spec.topologySpreadConstraints`),
    ...tolerationMistakes(pod?.tolerations, `${template}.spec.tolerations`),
    ...notNegative(pod?.terminationGracePeriodSeconds, `${template}.spec.terminationGracePeriodSeconds`),
    ...dnsMistakes(pod ?? {}, `${template}.spec`),
    ...priorityMistakes(pod?.priorityClassName, `${template}.spec.priorityClassName`),
    ...volumeMistakes(pod?.volumes, `${template}.spec.volumes`),
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

function priorityMistakes(name: string | undefined, field: string): readonly FieldMistake[] {
  if (name === undefined || name === '' || isObjectName(name)) return [];
  return [{ field, value: name, problem: 'it is no name of a PriorityClass', cure: 'Correct or remove it' }];
}

/** `mount-bpffs` is the former name of `ebpf-bootstrap`: both would say two things of one container. */
function bootstrapTwice(
  containers: readonly ContainerOverride[] | undefined,
  field: string,
): readonly FieldMistake[] {
  const names = (containers ?? []).filter((each) => Object.keys(each).length > 1).map(({ name }) => name);
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
