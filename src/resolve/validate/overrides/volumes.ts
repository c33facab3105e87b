/** Volumes that an override adds to pods. */
import type { Volume } from '../../../api/kubernetes.ts';
import type { FieldMistake } from '../../findings.ts';
import { parseQuantity } from '../../../api/quantity.ts';
import { hostPathTypes } from '../../../api/workload-override.ts';
import {
  countProblem,
  fileSourceProblem,
  isInside,
  keyProblem,
  missingProblem,
  nameProblem,
  setFields,
  type Source,
} from './sources.ts';

const nameShape = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Mistakes of a list of volumes, as far as they show without the pod. */
export function volumeMistakes(
  volumes: readonly Volume[] | undefined,
  place: string,
): readonly FieldMistake[] {
  const list = volumes ?? [];
  return list.flatMap((volume, index) =>
    volumeProblems(volume, list.slice(0, index)).map((problem) => ({
      field: `${place}[${index}]`,
      value: volume.name,
      problem,
      cure: 'Correct or remove the volume',
    })),
  );
}

function volumeProblems(volume: Volume, earlier: readonly Volume[]): readonly string[] {
  const { name, ...rest } = volume;
  const sources = setFields(rest);
  const [kind = ''] = sources;
  const source = (rest as Readonly<Record<string, Source>>)[kind] ?? {};
  return [
    nameShape.test(name) ? undefined : 'a name has up to 63 lower-case letters, digits and "-"',
    earlier.some((other) => other.name === name) ? 'the volume is listed twice' : undefined,
    countProblem(sources) ?? sourceProblem(kind, source),
  ].filter((problem) => problem !== undefined);
}

function sourceProblem(kind: string, source: Source): string | undefined {
  switch (kind) {
    case 'configMap':
      return nameProblem('configMap.name', source['name']) ?? filesProblem(kind, source);
    case 'secret':
      return nameProblem('secret.secretName', source['secretName']) ?? filesProblem(kind, source);
    case 'downwardAPI':
      return filesProblem(kind, source);
    case 'projected':
      return projectedProblem(source) ?? modeProblem(kind, source['defaultMode']);
    case 'persistentVolumeClaim':
      return nameProblem('persistentVolumeClaim.claimName', source['claimName']);
    case 'csi':
      return csiProblem(source);
    case 'nfs':
      return missingProblem('nfs.server', source['server']) ?? absoluteProblem('nfs.path', source['path']);
    case 'hostPath':
      return hostPathProblem(source);
    case 'emptyDir':
      return emptyDirProblem(source);
    default:
      return `this release has no volumes of ${kind}`;
  }
}

function csiProblem({ driver, nodePublishSecretRef }: Source): string | undefined {
  const secret = nodePublishSecretRef as Source | undefined;
  return (
    missingProblem('csi.driver', driver) ??
    nameProblem('csi.driver', driver) ??
    (secret === undefined ? undefined : nameProblem('csi.nodePublishSecretRef.name', secret['name']))
  );
}

function hostPathProblem({ path, type = '' }: Source): string | undefined {
  return (
    absoluteProblem('hostPath.path', path) ??
    (hostPathTypes.includes(String(type))
      ? undefined
      : `hostPath.type is one of ${hostPathTypes.slice(1).join(', ')}`)
  );
}

/** On Windows a path starts with a drive. */
function absoluteProblem(field: string, path: unknown): string | undefined {
  const fits =
    typeof path === 'string' && /^(\/|[A-Za-z]:[\\/])/.test(path) && !path.split(/[\\/]/).includes('..');
  return fits ? undefined : `${field} is no absolute path, or has a ".."`;
}

function emptyDirProblem({ medium = '', sizeLimit }: Source): string | undefined {
  if (!/^(Memory|HugePages(-.+)?)?$/.test(String(medium))) return 'emptyDir.medium is Memory, or left out';
  const size = sizeLimit === undefined ? undefined : parseQuantity(sizeLimit as string);
  return sizeLimit === undefined || (size !== undefined && size.numerator >= 0n)
    ? undefined
    : 'emptyDir.sizeLimit is no quantity, as 64Mi is';
}

interface File {
  readonly path?: string;
  readonly mode?: number;
}

/** Files that are picked out of a source, and their permissions. */
function filesProblem(place: string, source: Source): string | undefined {
  const items = (source['items'] ?? []) as readonly (File & Source)[];
  const problems = items.map(({ path = '', mode, ...item }) => {
    if (!isInside(path) || path.startsWith('..')) {
      return `${place}.items: a path is relative and has no ".." at its start or as a step`;
    }
    const content = place === 'downwardAPI' ? fileSourceProblem(item) : keyProblem('key', item['key']);
    return content === undefined ? modeProblem(place, mode) : `${place}.items: ${content}`;
  });
  return problems.find((problem) => problem !== undefined) ?? modeProblem(place, source['defaultMode']);
}

function modeProblem(place: string, mode: unknown): string | undefined {
  const fits = mode === undefined || (typeof mode === 'number' && mode >= 0 && mode <= 0o777);
  return fits ? undefined : `${place}: a mode lies between 0 and 0777 (511)`;
}

function projectedProblem({ sources = [] }: Source): string | undefined {
  const problems = (sources as readonly Source[]).map((each) => {
    const kinds = setFields(each);
    const [kind = ''] = kinds;
    const source = (each[kind] ?? {}) as Source;
    return countProblem(kinds) ?? projectionProblem(kind, source);
  });
  const found = problems.find((problem) => problem !== undefined);
  return found === undefined ? undefined : `projected.sources: ${found}`;
}

function projectionProblem(kind: string, source: Source): string | undefined {
  if (kind === 'serviceAccountToken') {
    const { path = '', expirationSeconds = 3600 } = source;
    return isInside(String(path)) && Number(expirationSeconds) >= 600
      ? undefined
      : 'serviceAccountToken needs a relative path, and 600 seconds or more';
  }
  const named = kind === 'downwardAPI' ? undefined : nameProblem(`${kind}.name`, source['name']);
  return named ?? filesProblem(kind, source);
}
