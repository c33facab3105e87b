/**
 * Takes recordings of the reference operator over: `node test/reference/import.ts DIRECTORY`. Keeps of each what the
 * comparison uses, and of its objects those that differ from the base recording's.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { textOf } from './json.ts';
import { normalise } from './normalise.ts';
import { keyOf, type Recording, recordingsDirectory, type StoredRecording } from './recording.ts';

const baseName = 'stock-installation-only';

interface RawRecording extends Omit<Recording, 'outcome' | 'refusals'> {
  readonly conditions: Readonly<
    Record<string, readonly { readonly type: string; readonly status: string; readonly message: string }[]>
  >;
}

/** The reference's own bookkeeping, which is no part of an installation. */
const isBookkeeping = ({ kind, metadata }: KubeObject) =>
  kind === 'Installation' ||
  kind === 'TigeraStatus' ||
  (kind === 'ConfigMap' && metadata.name === 'active-operator');

function reduce(raw: RawRecording): Recording {
  const objects = raw.objects.filter((object) => !isBookkeeping(object));
  const installed = objects.some(
    ({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'calico-node',
  );
  const messages = ['calico', 'ippools'].flatMap((component) =>
    (raw.conditions[component] ?? [])
      .filter(({ type, status }) => type === 'Degraded' && status === 'True')
      .map(({ message }) => message),
  );
  return {
    name: raw.name,
    api: raw.api,
    spec: raw.spec,
    nodes: raw.nodes,
    extra: raw.extra,
    crs: raw.crs,
    outcome: installed ? 'installed' : 'refused',
    refusals: installed ? [] : messages,
    objects: objects.map((object) => normalise(object) as unknown as KubeObject),
  };
}

function withBase(recording: Recording, base: Recording): StoredRecording {
  if (recording.name === base.name) return recording;
  const known = new Map(base.objects.map((object) => [keyOf(object), textOf(normalise(object))]));
  const objects = recording.objects.filter(
    (object) => known.get(keyOf(object)) !== textOf(normalise(object)),
  );
  const present = new Set(recording.objects.map(keyOf));
  const absent = [...known.keys()].filter((key) => !present.has(key));
  return { ...recording, base: base.name, absent, objects };
}

/** One line for every field and object, so that changes of a recording are readable. */
function format({ objects, ...fields }: StoredRecording): string {
  const lines = Object.entries(fields).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  const list = objects.map((object) => `    ${JSON.stringify(object)}`).join(',\n');
  return `{\n  ${lines.join(',\n  ')},\n  "objects": [\n${list}\n  ]\n}\n`;
}

const [, , source] = process.argv;
if (source === undefined) throw new Error('usage: node test/reference/import.ts DIRECTORY');
const recordings = readdirSync(source)
  .filter((file) => file.endsWith('.json'))
  .map((file) => reduce(JSON.parse(readFileSync(join(source, file), 'utf8')) as RawRecording));
const base = recordings.find(({ name }) => name === baseName);
if (base === undefined) throw new Error(`${source} has no ${baseName}.json`);
for (const recording of recordings) {
  writeFileSync(new URL(`${recording.name}.json`, recordingsDirectory), format(withBase(recording, base)));
}
