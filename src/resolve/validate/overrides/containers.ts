/** Variables and mounts that an override adds to containers. Values of variables are never shown: they may be secret. */
import type { EnvVar, VolumeMount } from '../../../api/kubernetes.ts';
import { provisionerVariables, reservedVariables } from '../../../api/reserved-variables.ts';
import type { ContainerOverride, OverrideBlock } from '../../../api/workload-override.ts';
import type { FieldMistake } from '../../findings.ts';
import { resourceMistakes } from './resources.ts';
import { countProblem, isInside, setFields, type Source, variableSourceProblem } from './sources.ts';

const variableShape = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const propagations: readonly string[] = ['', 'None', 'HostToContainer', 'Bidirectional'];

/** Mistakes of a list of container overrides, as far as they show without the pod. */
export function containerMistakes(
  block: OverrideBlock,
  containers: readonly ContainerOverride[] | undefined,
  place: string,
): readonly FieldMistake[] {
  return (containers ?? []).flatMap(({ name, resources, env = [], volumeMounts = [] }, index) => [
    ...resourceMistakes(resources, `${place}[${index}].resources`),
    ...env.flatMap((variable, at) =>
      variableMistakes(variable, env.slice(0, at), reservation(block, name, variable.name)).map(
        (mistake) => ({
          field: `${place}[${index}].env[${at}]`,
          value: variable.name,
          ...mistake,
        }),
      ),
    ),
    ...volumeMounts.flatMap((mount, at) =>
      mountProblems(mount, volumeMounts.slice(0, at), block).map((problem) => ({
        field: `${place}[${index}].volumeMounts[${at}]`,
        value: mount.mountPath,
        problem,
        cure: 'Correct or remove the mount',
      })),
    ),
  ]);
}

type Told = Pick<FieldMistake, 'problem' | 'cure'>;

function variableMistakes(
  variable: EnvVar,
  earlier: readonly EnvVar[],
  reserved: Told | undefined,
): readonly Told[] {
  const { name, value = '', valueFrom } = variable;
  const problems: (string | undefined)[] = [];
  if (!variableShape.test(name)) {
    problems.push('a name has letters, digits, "_", "-" and ".", and does not start with a digit');
  }
  if (earlier.some((other) => other.name === name)) problems.push('the variable is listed twice');
  if (valueFrom !== undefined) {
    if (value !== '') problems.push('a variable has either value or valueFrom');
    problems.push(originProblem(valueFrom));
  }
  return [
    ...problems.flatMap((problem) =>
      problem === undefined ? [] : [{ problem, cure: 'Correct or remove the variable' }],
    ),
    ...(reserved === undefined ? [] : [reserved]),
  ];
}

function originProblem(valueFrom: NonNullable<EnvVar['valueFrom']>): string | undefined {
  const sources = setFields(valueFrom);
  const [kind = ''] = sources;
  return (
    countProblem(sources) ??
    variableSourceProblem(kind, (valueFrom as Readonly<Record<string, Source>>)[kind] ?? {})
  );
}

/** Why a variable of a container is the operator's alone; undefined if it is not. Felix reads both cases alike. */
export function reservation(block: OverrideBlock, container: string, variable: string): Told | undefined {
  const provisions = container.endsWith('-key-cert-provisioner') ? [provisionerVariables] : [];
  const name = variable.toUpperCase().startsWith('FELIX_') ? variable.toUpperCase() : variable;
  const found = [...reservedVariables[block], ...provisions].find(({ names }) => names.includes(name));
  return found && { problem: found.problem, cure: found.cure };
}

/** A mount path without what makes no difference; Windows knows no case. */
export function normalizeMountPath(path: string): string {
  const short = path.replaceAll('\\', '/').replace(/\/+/g, '/').replace(/\/$/, '');
  if (short === '') return '/';
  return /^[A-Za-z]:/.test(short) ? short.toLowerCase() : short;
}

function mountProblems(
  mount: VolumeMount,
  earlier: readonly VolumeMount[],
  block: OverrideBlock,
): readonly string[] {
  const { name, mountPath, subPath = '', subPathExpr = '', mountPropagation = '' } = mount;
  const { readOnly = false, recursiveReadOnly = '' } = mount;
  const path = normalizeMountPath(mountPath);
  const onWindows = block === 'calicoNodeWindowsDaemonSet';
  const problems: string[] = [];
  if (name === '') problems.push('name is missing: it says which volume');
  if (!onWindows && (!mountPath.startsWith('/') || mountPath.includes(':'))) {
    problems.push('it is no absolute path, or has a ":"');
  }
  if (path === '/') problems.push('it would hide the whole file system of the container');
  if (earlier.some((other) => normalizeMountPath(other.mountPath) === path)) {
    problems.push('another mount of the list has the same path');
  }
  for (const sub of [subPath, subPathExpr]) {
    if (sub !== '' && !isInside(sub)) problems.push('a subPath is relative and has no ".."');
  }
  if (subPath !== '' && subPathExpr !== '') problems.push('it has either subPath or subPathExpr');
  if (!propagations.includes(mountPropagation)) problems.push(`there is no propagation ${mountPropagation}`);
  const isRecursive = !['', 'Disabled'].includes(recursiveReadOnly);
  if (isRecursive && !(readOnly && ['', 'None'].includes(mountPropagation))) {
    problems.push('recursiveReadOnly needs readOnly: true, and no mountPropagation');
  }
  return problems;
}
