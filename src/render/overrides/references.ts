/**
 * Objects that pods cannot start without. A pod of calico-node that waits for one leaves its node without an agent, so what
 * is missing is refused before a rollout takes the old pod away.
 */
import type { EnvVar, KubeObject, PodSpec, Volume } from '../../api/kubernetes.ts';
import type { ContainerOverride } from '../../api/workload-override.ts';
import type { FieldMistake } from '../../resolve/findings.ts';
import type { Referable } from '../../resolve/types.ts';
import { calicoNamespace, names } from '../shared/names.ts';
import { podPlace, type Pairing } from './pairs.ts';

type Kind = 'ConfigMap' | 'Secret';

interface Reference {
  readonly field: string;
  readonly kind: Kind;
  readonly name: string;
}

interface Named {
  readonly name?: string;
  readonly optional?: boolean;
}

/** References of an override to what is not there. `objects`: what the operator makes, and need not be there yet. */
export function missingReferences(
  pairing: Pairing,
  referable: Referable,
  objects: readonly KubeObject[],
): readonly FieldMistake[] {
  const place = podPlace(pairing);
  const pod = pairing.override.spec?.template?.spec ?? {};
  const own: Readonly<Record<Kind, readonly string[]>> = {
    ConfigMap: namesOf(objects, 'ConfigMap'),
    Secret: [...namesOf(objects, 'Secret'), names.nodeCertificate, names.typhaCertificate],
  };
  const references = [
    ...ofContainers(pod.initContainers, `${place}.initContainers`),
    ...ofContainers(pod.containers, `${place}.containers`),
    ...(pod.volumes ?? []).flatMap((volume, index) => ofVolume(volume, `${place}.volumes[${index}]`)),
  ];
  return [
    ...references.flatMap(({ field, kind, name }): readonly FieldMistake[] => {
      const known = referable[kind];
      if (known === undefined || known.includes(name) || own[kind].includes(name)) return [];
      return [
        {
          field,
          value: name,
          problem: `there is no ${kind} ${calicoNamespace}/${name}, and pods would wait for it`,
          cure: 'Create it, or set optional: true',
        },
      ];
    }),
    ...missingPriority(pod.priorityClassName, referable, `${place}.priorityClassName`),
  ];
}

function missingPriority(
  name: PodSpec['priorityClassName'],
  { PriorityClass: known }: Referable,
  field: string,
): readonly FieldMistake[] {
  if (name === undefined || name === '' || name.startsWith('system-')) return [];
  if (known === undefined || known.includes(name)) return [];
  const problem = 'there is no PriorityClass of that name, and no pod could be made';
  return [{ field, value: name, problem, cure: 'Create it, or leave it out' }];
}

function namesOf(objects: readonly KubeObject[], kind: Kind): readonly string[] {
  return objects
    .filter((object) => object.kind === kind && object.metadata.namespace === calicoNamespace)
    .map(({ metadata }) => metadata.name);
}

function reference(field: string, kind: Kind, named: Named | undefined): readonly Reference[] {
  return named === undefined || named.optional === true ? [] : [{ field, kind, name: named.name ?? '' }];
}

function ofContainers(
  containers: readonly ContainerOverride[] | undefined,
  place: string,
): readonly Reference[] {
  return (containers ?? []).flatMap(({ env = [] }, index) =>
    env.flatMap((variable, at) => ofVariable(variable, `${place}[${index}].env[${at}].valueFrom`)),
  );
}

function ofVariable({ valueFrom }: EnvVar, field: string): readonly Reference[] {
  return [
    ...reference(`${field}.configMapKeyRef`, 'ConfigMap', valueFrom?.configMapKeyRef),
    ...reference(`${field}.secretKeyRef`, 'Secret', valueFrom?.secretKeyRef),
  ];
}

function ofVolume({ configMap, secret, projected }: Volume, field: string): readonly Reference[] {
  const { secretName = '', optional = false } = secret ?? {};
  const named = secret === undefined ? undefined : { name: secretName, optional };
  return [
    ...reference(`${field}.configMap`, 'ConfigMap', configMap),
    ...reference(`${field}.secret`, 'Secret', named),
    ...(projected?.sources ?? []).flatMap((source, index) => [
      ...reference(`${field}.projected.sources[${index}].configMap`, 'ConfigMap', source.configMap),
      ...reference(`${field}.projected.sources[${index}].secret`, 'Secret', source.secret),
    ]),
  ];
}
