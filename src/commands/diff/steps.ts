/** How the operator gets there, as text and as data. Pure. */
import { describeRef } from '../../apply/refs.ts';
import { formatAge } from '../text.ts';
import { describeEffect } from './effect.ts';
import type { Change, Step, StepChange } from './types.ts';

/** A numbered list; nothing where all is done at once. */
export function describeSteps(steps: readonly Step<StepChange>[]): readonly string[] {
  const [first] = steps;
  if (first === undefined || (steps.length === 1 && isAtOnce(first))) return [];
  return [
    steps.length === 1 ? 'Not at once:' : `In ${steps.length} steps:`,
    ...steps.flatMap((step, index) => [
      `  ${index + 1}. ${capitalize([...timing(step, index), doings(step.changes)].join(' '))}.`,
      ...step.waitedFor.map((text) => `     Until then: ${text.replace(/\.$/, '')}.`),
    ]),
  ];
}

function isAtOnce({ after, waitedFor }: Step<unknown>): boolean {
  return after === 0 && waitedFor.length === 0;
}

function timing(step: Step<unknown>, index: number): readonly string[] {
  const later = step.after === 0 ? undefined : formatAge(step.after);
  if (index > 0) return [later === undefined ? 'Then:' : `Then, ${later} later:`];
  if (isAtOnce(step)) return [];
  return [later === undefined ? 'When what is under way is through:' : `In ${later}:`];
}

const verbs = [
  ['create', 'creates'],
  ['update', 'changes'],
  ['recreate', 'makes again'],
  ['delete', 'deletes'],
] as const satisfies readonly (readonly [Change['action'], string])[];

/** Objects beside workloads that are named before the rest is only counted. */
const namedAtMost = 3;

function doings(changes: readonly StepChange[]): string {
  const parts = verbs.flatMap(([action, verb]) => {
    const its = changes.filter((change) => change.action === action);
    return its.length === 0 ? [] : [`${verb} ${listOf(its)}`];
  });
  return parts.join('; ');
}

const capitalize = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What concerns pods comes first, and is always named. */
function listOf(changes: readonly StepChange[]): string {
  const withPods = changes.filter(({ effect }) => effect.kind !== 'none');
  const others = changes.filter(({ effect }) => effect.kind === 'none');
  const named = [
    ...withPods.map(({ ref, effect }) => `${describeRef(ref)} (${describeEffect(effect)})`),
    ...others.slice(0, namedAtMost).map(({ ref }) => describeRef(ref)),
  ];
  const more = others.length - namedAtMost;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** For `-o json`. */
export function reportSteps(steps: readonly Step<StepChange>[]) {
  return steps.map(({ after, waitedFor, changes }) => ({
    afterSeconds: Math.ceil(after / 1000),
    waitedFor,
    objects: changes.map(({ ref, action, effect }) => ({
      kind: ref.resource.kind,
      ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
      name: ref.name,
      action,
      effect,
    })),
  }));
}
