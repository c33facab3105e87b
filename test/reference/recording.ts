/** Recorded runs of the reference operator, as data beside this file. */
import { readdirSync, readFileSync } from 'node:fs';
import type { InstallationSpec } from '../../src/api/installation.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';

/** One run: what the reference was given, and what it left in the cluster. */
export interface Recording {
  readonly name: string;
  readonly api: 'v1' | 'v3';
  readonly spec: InstallationSpec;
  /** Number of Linux nodes. */
  readonly nodes: number;
  /** Objects that existed before. */
  readonly extra: readonly KubeObject[];
  /** Further custom resources, applied with the Installation. */
  readonly crs: readonly KubeObject[];
  /** `refused` when the reference did not go on to install calico-node. */
  readonly outcome: 'installed' | 'refused';
  /** What the reference said when it refused. */
  readonly refusals: readonly string[];
  readonly objects: readonly KubeObject[];
}

/** A recording as it is stored: objects that equal those of `base` are left out. */
export interface StoredRecording extends Recording {
  readonly base?: string;
  /** Keys of base's objects that this one lacks. */
  readonly absent?: readonly string[];
}

/** Where the recordings are kept. */
export const recordingsDirectory = new URL('./recordings/', import.meta.url);

/** `Kind namespace/name`, without namespace for cluster-scoped objects. */
export function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** Names of all recordings, sorted. */
export function recordingNames(): readonly string[] {
  return readdirSync(recordingsDirectory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Reads one recording and completes it from its base. */
export function readRecording(name: string): Recording {
  const text = readFileSync(new URL(`${name}.json`, recordingsDirectory), 'utf8');
  const stored = JSON.parse(text) as StoredRecording;
  if (stored.base === undefined) return stored;
  const own = new Set([...stored.objects.map(keyOf), ...(stored.absent ?? [])]);
  const inherited = readRecording(stored.base).objects.filter((object) => !own.has(keyOf(object)));
  return { ...stored, objects: [...inherited, ...stored.objects] };
}
