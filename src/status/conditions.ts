/** From reports to conditions. */
import { type Reason, reasonCatalogue, reasons } from '../api/conditions.ts';
import { describeRefusal } from '../api/refusal.ts';
import { clip } from './clip.ts';
import type { Cause, ComponentReport } from './types.ts';

/** A condition of ours, as it is stored. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339 in seconds: when the status last changed. */
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

/** A condition before it has a time. */
export type Judgement = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

/** What the three conditions say, with the causes that they give. */
export interface Verdict {
  readonly ready: Cause & { readonly holds: boolean };
  readonly progressing?: Cause;
  readonly degraded?: Cause;
  /** Only the user can get it going again: what is asked for is refused. */
  readonly stalled: boolean;
}

const linesShown = 8;
/** Of a whole message; what a person reads in `kubectl describe`. */
const lengthLimit = 4096;

/**
 * What a report amounts to. Degraded: something is refused, failed, or will not heal by itself. Progressing: something
 * comes right by itself. Ready: neither.
 */
export function judge(report: ComponentReport): Verdict {
  const degraded = firstCause([
    report.refusals.map((refusal) => ({
      reason: toReason(refusal.reason),
      message: describeRefusal(refusal),
    })),
    report.problems,
    report.rollouts.flatMap(({ failing }) =>
      failing.map((message) => ({ reason: reasons.PodFailure, message })),
    ),
  ]);
  const progressing = firstCause([
    report.waiting,
    report.rollouts.flatMap(({ progressing: lines }) =>
      lines.map((message) => ({ reason: reasons.ResourceNotReady, message })),
    ),
  ]);
  const warnings = report.warnings.map((warning) => `; ${describeRefusal(warning)}`).join('');
  const { customised } = report;
  const changed = customised.length === 0 ? '' : `; customised: ${customised.join(', ')}`;
  const cause = degraded ?? progressing;
  return {
    ready:
      cause === undefined
        ? {
            holds: true,
            reason: reasons.AllObjectsAvailable,
            message: clip(`All objects available${changed}${warnings}`, lengthLimit),
          }
        : { holds: false, ...cause },
    ...(progressing === undefined ? {} : { progressing }),
    ...(degraded === undefined ? {} : { degraded }),
    stalled: report.refusals.length > 0,
  };
}

/** The reason is that of the gravest cause, the message has all of them. */
function firstCause(groups: readonly (readonly Cause[])[]): Cause | undefined {
  const causes = groups.flat();
  const [first] = causes;
  return first && { reason: first.reason, message: joinLines(causes.map(({ message }) => message)) };
}

function joinLines(lines: readonly string[]): string {
  const distinct = [...new Set(lines)];
  const more = distinct.length - linesShown;
  const shown = [...distinct.slice(0, linesShown), ...(more > 0 ? [`and ${more} more`] : [])];
  return clip(shown.join('\n'), lengthLimit);
}

/** A reason outside of the catalogue is a mistake of ours; the status says what it can. */
function toReason(reason: string): Reason {
  return Object.hasOwn(reasonCatalogue, reason) ? (reason as Reason) : reasons.InvalidConfigurationError;
}

/** The Installation's conditions: Ready, Progressing, Degraded, and Stalled while something is refused. */
export function installationJudgements(verdict: Verdict): readonly Judgement[] {
  const stalled: readonly Judgement[] = verdict.stalled
    ? [{ type: 'Stalled', status: 'True', reason: verdict.ready.reason, message: verdict.ready.message }]
    : [];
  return [...threeJudgements('Ready', verdict), ...stalled];
}

/** A TigeraStatus' conditions: the same under other names. */
export function componentJudgements(verdict: Verdict): readonly Judgement[] {
  return threeJudgements('Available', verdict);
}

function threeJudgements(good: 'Ready' | 'Available', verdict: Verdict): readonly Judgement[] {
  const { ready, progressing, degraded } = verdict;
  const fine = { status: 'False', reason: ready.reason } as const;
  return [
    { type: good, status: ready.holds ? 'True' : 'False', reason: ready.reason, message: ready.message },
    progressing === undefined
      ? {
          type: 'Progressing',
          ...fine,
          message: ready.holds ? ready.message : 'Nothing is under way, see Degraded',
        }
      : { type: 'Progressing', status: 'True', ...progressing },
    degraded === undefined
      ? { type: 'Degraded', ...fine, message: ready.holds ? ready.message : 'Nothing has failed' }
      : { type: 'Degraded', status: 'True', ...degraded },
  ];
}

/**
 * Gives judgements their time: that of the stored condition while its status stays, else `now`.
 * @param now RFC 3339 in seconds
 */
export function withTimes(
  judgements: readonly Judgement[],
  previous: readonly {
    readonly type: string;
    readonly status: string;
    readonly lastTransitionTime: string;
  }[],
  generation: number,
  now: string,
): readonly Condition[] {
  return judgements.map((judgement) => {
    const before = previous.find(({ type }) => type === judgement.type);
    const same = before?.status === judgement.status;
    return {
      ...judgement,
      observedGeneration: generation,
      lastTransitionTime: same ? before.lastTransitionTime : now,
    };
  });
}

/** A time as conditions have it: RFC 3339 in whole seconds. */
export function conditionTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
