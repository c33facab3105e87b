/** Volumes and mounts that cannot be added to a pod: the API server would refuse the workload, or hide a file of it. */
import type { Container, VolumeMount } from '../../api/kubernetes.ts';
import type { FieldMistake } from '../../resolve/findings.ts';
import { normalizeMountPath } from '../../resolve/validate/overrides/containers.ts';
import { containerPairs, podPlace, type Pairing } from './pairs.ts';

/** Everything of an override that collides with the workload that it changes. */
export function collisions(pairing: Pairing): readonly FieldMistake[] {
  const pod = pairing.workload.spec?.template.spec;
  const rendered = (pod?.volumes ?? []).map(({ name }) => name);
  const added = pairing.override.spec?.template?.spec?.volumes ?? [];
  const known = [...new Set([...rendered, ...added.map(({ name }) => name)])];
  const ofMounts = containerPairs(pairing).flatMap(({ place, override, container }) =>
    container === undefined
      ? []
      : (override.volumeMounts ?? []).flatMap((mount, index) =>
          mountMistakes(mount, `${place}.volumeMounts[${index}]`, container, known),
        ),
  );
  const ofVolumes = added.flatMap(({ name }, index): readonly FieldMistake[] =>
    rendered.includes(name)
      ? [
          {
            field: `${podPlace(pairing)}.volumes[${index}]`,
            value: name,
            problem: 'the pods have a volume of that name already',
            cure: 'Give it another name; to mount the one that is there, name it in volumeMounts',
          },
        ]
      : [],
  );
  return [...ofMounts, ...ofVolumes];
}

function mountMistakes(
  { name, mountPath, mountPropagation }: VolumeMount,
  field: string,
  container: Container,
  known: readonly string[],
): readonly FieldMistake[] {
  const path = normalizeMountPath(mountPath);
  const taken = container.volumeMounts?.find((other) => normalizeMountPath(other.mountPath) === path);
  const mistakes: FieldMistake[] = [];
  if (taken !== undefined) {
    mistakes.push({
      field,
      value: mountPath,
      problem: `container ${container.name} has the volume ${taken.name} there already`,
      cure: 'Choose another path',
    });
  }
  if (!known.includes(name)) {
    mistakes.push({
      field: `${field}.name`,
      value: name,
      problem: 'the pods have no volume of that name',
      cure: `Add it to volumes, or name one of ${known.toSorted().join(', ')}`,
    });
  }
  if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
    mistakes.push({
      field: `${field}.mountPropagation`,
      value: mountPropagation,
      problem: `container ${container.name} is not privileged, so what it mounts stays its own`,
      cure: 'Use HostToContainer, or leave it out',
    });
  }
  return mistakes;
}
