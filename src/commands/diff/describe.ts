/** A difference as text for people and as data for programs. Pure. */
import { describeRef } from '../../apply/refs.ts';
import { printYaml } from '../render/print.ts';
import type { Paint } from '../text.ts';
import type { Verdict } from './classify.ts';
import { describeEffect, describePods as pods } from './effect.ts';
import { shownSides } from './shown.ts';
import type { ClassifiedChange, Concern } from './types.ts';
import { describeSteps, reportSteps } from './steps.ts';
import { unifiedDiff } from './unified.ts';

/** Everything at once: a diff an object, then what it amounts to. */
export function describeVerdict(verdict: Verdict, paint: Paint): readonly string[] {
  const diffs = verdict.changes.flatMap((change) => [
    paint('title', `# ${describeRef(change.ref)}: ${meaningOf(change)}`),
    ...diffOf(change).map((line) => paintLine(line, paint)),
  ]);
  return [...diffs, '', ...summarize(verdict), ...describeSteps(verdict.steps)];
}

function paintLine(line: string, paint: Paint): string {
  const isHeader = line.startsWith('--- ') || line.startsWith('+++ ');
  if (isHeader) return paint('title', line);
  if (line.startsWith('-')) return paint('bad', line);
  return line.startsWith('+') ? paint('good', line) : line;
}

/** A unified diff of the object as YAML, as `patch` and reviewers' tools read it. */
function diffOf({ ref, before, after }: ClassifiedChange): readonly string[] {
  const shown = shownSides(before, after);
  const { group, version, kind } = ref.resource;
  const name = [group, version, kind, ref.namespace, ref.name]
    .filter((part) => part !== undefined && part !== '')
    .join('.');
  return [
    `--- ${before === undefined ? '/dev/null' : `live/${name}`}`,
    `+++ ${after === undefined ? '/dev/null' : `wanted/${name}`}`,
    ...unifiedDiff(
      shown.before === undefined ? undefined : printYaml(shown.before),
      shown.after === undefined ? undefined : printYaml(shown.after),
    ),
  ];
}

const verbs = { create: 'created', update: 'changed', recreate: 'made again', delete: 'deleted' } as const;

/** `changed, rolls 3 pods, one at a time; disruptive because …`. */
function meaningOf({ action, reason, effect, concerns }: ClassifiedChange): string {
  const why = reason === undefined ? '' : ` because ${reason}`;
  const reasons = concerns
    .filter(({ severity }) => severity === 'disruptive')
    .map(({ because }) => `; disruptive because ${because}`);
  return `${verbs[action]}${why}, ${describeEffect(effect)}${reasons.join('')}`;
}

/** What all changes amount to: one line, and one for every concern. */
export function summarize({ changes, concerns }: Verdict): readonly string[] {
  const count = `${changes.length} ${changes.length === 1 ? 'object changes' : 'objects change'}`;
  const effects = changes.flatMap(({ ref, effect }) => {
    const of = effect.kind === 'scales' ? '' : ` of ${describeRef(ref)}`;
    switch (effect.kind) {
      case 'none':
        return [];
      case 'rolls':
        return [`rolls ${pods(effect.pods)}${of}, ${effect.pace}`];
      case 'scales':
        return [`scales ${describeRef(ref)} from ${effect.from} to ${pods(effect.to)}`];
      case 'starts':
      case 'stops':
        return [`${describeEffect(effect)}${of}`];
    }
  });
  const heading = `${count}: ${effects.length === 0 ? 'no restart' : effects.join('; ')}.`;
  const bySeverity = (wanted: Concern['severity'], title: string): readonly string[] =>
    concerns
      .filter(({ severity }) => severity === wanted)
      .map((concern) => `${title}: ${describeConcern(concern)}`);
  return [heading, ...bySeverity('disruptive', 'Disruptive'), ...bySeverity('note', 'Note')];
}

function describeConcern({ object, field, from, to, because }: Concern): string {
  const place = field === 'metadata' ? object : `${object} ${field}`;
  const values = from === undefined && to === undefined ? '' : ` ${from ?? '(unset)'} → ${to ?? '(unset)'}`;
  return `${place}${values}: ${because}.`;
}

/** What `-o json` prints besides refusals and warnings. */
export function reportVerdict(verdict: Verdict) {
  return {
    summary: verdict.changes.length === 0 ? [] : summarize(verdict),
    objects: verdict.changes.map((change) => ({
      apiVersion: apiVersionOf(change),
      kind: change.ref.resource.kind,
      ...(change.ref.namespace === undefined ? {} : { namespace: change.ref.namespace }),
      name: change.ref.name,
      action: change.action,
      class: change.class,
      effect: change.effect,
      because: change.concerns.map(({ because }) => because),
      diff: `${diffOf(change).join('\n')}\n`,
      ...shownSides(change.before, change.after),
    })),
    concerns: verdict.concerns,
    steps: reportSteps(verdict.steps),
  };
}

function apiVersionOf({ before, after }: ClassifiedChange): string {
  return (after ?? before)?.apiVersion ?? '';
}
