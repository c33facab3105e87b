/** Refusals with the place in the user's files that they speak of. */
import { describeRefusal, type Refusal } from '../../api/refusal.ts';
import type { SourceObject } from '../documents.ts';
import { describeObject } from './admission.ts';

/** One line each, as `FILE:LINE: object: field "value": problem. cure.`, in the order of the files; equal ones once. */
export function locateRefusals(
  refusals: readonly Refusal[],
  sources: readonly SourceObject[],
): readonly string[] {
  const located = refusals.map((refusal) => {
    const at = sources.findIndex(({ object }) => isAbout(refusal, describeObject(object)));
    const source = sources[at];
    const text = describeRefusal(refusal);
    if (source === undefined) return { at: sources.length, line: 0, text };
    const line = source.lineOf(refusal.field);
    return { at, line, text: `${source.file}:${line}: ${text}` };
  });
  located.sort((a, b) => a.at - b.at || a.line - b.line);
  return [...new Set(located.map(({ text }) => text))];
}

/** Some speak of several objects of a kind: the first of them is shown. */
function isAbout({ object }: Refusal, name: string): boolean {
  return object === name || object.startsWith(`${name}, `);
}
