/** Pods of the Job that opens ports on AWS, as the operator holds them. */
import type { KubeObject, Pod } from '../../../api/kubernetes.ts';

/** One attempt of the Job. */
export interface AttemptFacts {
  /** RFC 3339. */
  readonly began: string;
  readonly failed: boolean;
  /** Why it failed, or cannot begin; undefined while it runs, and when it came through. */
  readonly trouble?: string;
}

/** Reduces a pod of the Job to what it came to. */
export function projectAttempt(object: KubeObject): AttemptFacts {
  const { metadata, status } = object as Pod;
  const began = metadata.creationTimestamp ?? '';
  const state = status?.containerStatuses?.[0]?.state;
  const unscheduled = status?.conditions?.find(
    ({ type, status: value }) => type === 'PodScheduled' && value === 'False',
  );
  const failed = status?.phase === 'Failed';
  const trouble = failed
    ? (lastLine(state?.terminated?.message) ?? state?.terminated?.reason ?? status.reason ?? 'its pod failed')
    : status?.phase === 'Pending'
      ? (obstacleOf(state?.waiting) ?? unscheduled?.message)
      : undefined;
  return { began, failed, ...(trouble === undefined ? {} : { trouble }) };
}

/** What the program said last is why it ended. */
function lastLine(text: string | undefined): string | undefined {
  return text
    ?.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1);
}

/** Creating a container takes a while, and is no obstacle. */
function obstacleOf(waiting: { readonly reason?: string; readonly message?: string } | undefined) {
  const { reason, message } = waiting ?? {};
  if (reason === undefined || reason === 'ContainerCreating') return undefined;
  return message === undefined || message === '' ? reason : `${reason}: ${message}`;
}

/** Why the latest attempt failed; if none has yet, what keeps one from beginning. */
export function latestTrouble(attempts: readonly AttemptFacts[]): string | undefined {
  const inOrder = attempts.toSorted((a, b) => (a.began < b.began ? -1 : 1));
  const failure = inOrder.findLast(({ failed }) => failed);
  return failure?.trouble ?? inOrder.findLast(({ trouble }) => trouble !== undefined)?.trouble;
}
