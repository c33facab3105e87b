/** What is the matter with a pod, in words that do not change while the matter stays the same. */
import { clip } from './clip.ts';

/** State of a container as a pod's status has it. */
export interface ObservedContainer {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly image?: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: ObservedExit;
  };
  readonly lastState?: { readonly terminated?: ObservedExit };
}

/** How a container ended. */
export interface ObservedExit {
  readonly reason?: string;
  readonly exitCode?: number;
}

/** The parts of a Pod that are looked at; a whole Pod is one. */
export interface ObservedPod {
  readonly metadata: { readonly creationTimestamp?: string; readonly deletionTimestamp?: string };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly initContainerStatuses?: readonly ObservedContainer[];
    readonly containerStatuses?: readonly ObservedContainer[];
  };
}

/** `starting`: give it time. `failing`: time alone will hardly help. */
export interface PodTrouble {
  readonly severity: 'starting' | 'failing';
  readonly text: string;
  /** Milliseconds after which a start has taken too long. */
  readonly patience?: number;
}

/** A pod that starts may restart a container this often before it counts as crash-looping. */
const tolerableRestarts = 2;
/** How long a pod may take to be scheduled, and to become ready, in milliseconds. */
const schedulingPatience = 60_000;
const startPatience = 300_000;

const imageReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
]);
const configurationReasons = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** Its condition Ready holds: also for a while after it was told to go. */
export function isReady(pod: ObservedPod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/**
 * Why a pod is not ready; undefined when it is, or when it is being deleted.
 * @param now milliseconds since the epoch
 */
export function podTrouble(pod: ObservedPod, now: number): PodTrouble | undefined {
  if (pod.metadata.deletionTimestamp !== undefined || isReady(pod)) {
    return undefined;
  }
  if (pod.status?.phase === 'Failed') {
    return { severity: 'failing', text: failedText(pod.status) };
  }
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const troubles = containers.flatMap((container) => containerTrouble(container) ?? []);
  return (
    troubles.find(({ severity }) => severity === 'failing') ??
    schedulingTrouble(pod, now) ??
    startTrouble(pod, now, troubles[0])
  );
}

function failedText(status: NonNullable<ObservedPod['status']>): string {
  const reason = status.reason === undefined ? '' : ` (${status.reason})`;
  return `pod has failed${reason}${status.message === undefined ? '' : `: ${shorten(status.message)}`}`;
}

function containerTrouble({
  name,
  image,
  state,
  lastState,
  restartCount = 0,
  ready,
}: ObservedContainer): PodTrouble | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  if (imageReasons.has(reason)) {
    const which = image === undefined || image === '' ? '' : ` ${image}`;
    return {
      severity: 'failing',
      text: `container ${name} cannot pull its image${which}${because(message)}`,
    };
  }
  if (configurationReasons.has(reason)) {
    return {
      severity: 'failing',
      text: `container ${name} cannot be created (${reason})${because(message)}`,
    };
  }
  const exit = state?.terminated ?? lastState?.terminated;
  const crashed =
    reason === 'CrashLoopBackOff' || (ready !== true && restartCount > 0 && (exit?.exitCode ?? 0) !== 0);
  if (!crashed) {
    return undefined;
  }
  const severity = restartCount > tolerableRestarts ? 'failing' : 'starting';
  return {
    severity,
    text: `container ${name} ${severity === 'failing' ? 'crash-loops' : 'was restarted'}${exitText(exit)}`,
  };
}

function exitText(exit: ObservedExit | undefined): string {
  if (exit === undefined) {
    return '';
  }
  const hint =
    exit.exitCode === 137 && exit.reason !== 'OOMKilled' ? ', killed: perhaps by its liveness probe' : '';
  return ` (${exit.reason ?? 'exited'}, exit code ${exit.exitCode ?? 'unknown'}${hint})`;
}

function schedulingTrouble(pod: ObservedPod, now: number): PodTrouble | undefined {
  const condition = pod.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (condition === undefined) {
    return undefined;
  }
  const left = remaining(
    condition.lastTransitionTime ?? pod.metadata.creationTimestamp,
    schedulingPatience,
    now,
  );
  const text = `pod cannot be scheduled${because(condition.message ?? '')}`;
  return left > 0 ? { severity: 'starting', text, patience: left } : { severity: 'failing', text };
}

function startTrouble(pod: ObservedPod, now: number, known: PodTrouble | undefined): PodTrouble {
  const notReady = (pod.status?.containerStatuses ?? []).filter(({ ready }) => ready !== true);
  const which = notReady.length === 0 ? 'pod' : `container ${notReady.map(({ name }) => name).join(', ')}`;
  const lost = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'False');
  const left = remaining(lost?.lastTransitionTime ?? pod.metadata.creationTimestamp, startPatience, now);
  return left > 0
    ? { severity: 'starting', text: known?.text ?? `${which} is starting`, patience: left }
    : { severity: 'failing', text: `${which} does not become ready` };
}

function remaining(since: string | undefined, patience: number, now: number): number {
  const start = Date.parse(since ?? '');
  return Number.isNaN(start) ? patience : start + patience - now;
}

function because(message: string): string {
  return message === '' ? '' : `: ${shorten(message)}`;
}

/** What runtimes add to a message is of no use after the first sentence or two. */
function shorten(message: string): string {
  return clip(message.replaceAll(/\s+/g, ' ').trim(), 300);
}
