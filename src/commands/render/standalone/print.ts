/** A standalone manifest as text, with a word at each place that people use to edit. */
import type { KubeObject } from '../../../api/kubernetes.ts';
import { type Format, printObjects } from '../print.ts';
import { type Note, notesFor } from './notes.ts';

/** What the head of the text tells. */
export interface Origin {
  readonly version: string;
  /** Nodes up to which it may be used; undefined: any number. */
  readonly nodeLimit?: number;
}

/** Prints objects in the order given. Definitions are one line each in YAML, as nobody edits them. */
export function printStandalone(objects: readonly KubeObject[], format: Format, origin: Origin): string {
  if (format === 'json') return printObjects(objects, 'json', { secrets: 'shown' });
  return head(origin) + objects.map(printOne).join('');
}

function printOne(object: KubeObject): string {
  if (object.kind === 'CustomResourceDefinition') return `---\n${JSON.stringify(object)}\n`;
  return annotate(printObjects([object], 'yaml', { secrets: 'shown' }), notesFor(object));
}

/** Puts each note before the first line that it belongs to, as far in as that line is. */
export function annotate(text: string, notes: readonly Note[]): string {
  const waiting = new Set(notes);
  const lines = text.split('\n').flatMap((line) => {
    const here = [...waiting].filter(({ before }) => before.test(line));
    for (const note of here) waiting.delete(note);
    const indent = line.slice(0, line.search(/\S|$/));
    return [...here.flatMap((note) => note.lines.map((said) => `${indent}# ${said}`)), line];
  });
  return lines.join('\n');
}

const head = ({ version, nodeLimit }: Origin): string =>
  `# Calico without an operator, by calico-operator render --standalone, version ${version}.
#
#   kubectl apply -f calico.yaml
#
# For people who edit a manifest. With an operator the same is an Installation of a few lines, which is validated, repaired,
# upgraded and removed; it takes over what this file made, and replaces each pod once at most (docs/standalone.md).
${
  nodeLimit === undefined
    ? ''
    : `# For clusters of up to ${nodeLimit} nodes: beyond that Calico needs Typha, whose certificates an operator issues.\n`
}`;
