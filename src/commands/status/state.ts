/** How Calico fares, in one word. Pure. */
import type { Condition, Installation } from '../../api/installation.ts';
import type { TigeraStatusCondition } from '../../api/tigera-status.ts';
import { exitCodes } from '../console.ts';
import type { StatusFacts } from './facts.ts';

/** `unattended`: there is an Installation, and no operator has looked at it, or at its latest change. */
export type State =
  | 'ready'
  | 'progressing'
  | 'degraded'
  | 'refused'
  | 'deleting'
  | 'unattended'
  | 'not-installed';

/** The state, with what a person can make of it. */
export interface Overall {
  readonly state: State;
  readonly message: string;
  /** What to do, where somebody has to do something that the conditions do not say. */
  readonly cure?: string;
}

/** A condition as it is shown: without what only programs need. */
export interface ShownCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** Name of the CustomResourceDefinition of Installations. */
export const installationCrd = 'installations.operator.tigera.io';

/** Exit code of `status` when there is no Installation. */
const notInstalled = 3;

/** The exit code that a state ends with. */
export function exitCodeOf(state: State): number {
  switch (state) {
    case 'ready':
      return exitCodes.done;
    case 'progressing':
    case 'degraded':
    case 'refused':
    case 'deleting':
    case 'unattended':
      return exitCodes.failed;
    case 'not-installed':
      return notInstalled;
  }
}

/** Conditions of an Installation or a TigeraStatus as they are shown. */
export function showConditions(
  conditions: readonly (Condition | TigeraStatusCondition)[],
): readonly ShownCondition[] {
  return conditions.map(({ type, status, reason = '', message = '', lastTransitionTime }) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime,
  }));
}

/** The state of a cluster. A status that speaks of an earlier generation counts for nothing. */
export function overallOf({ installations, unreadable }: StatusFacts): Overall {
  const installation = installations.find(({ metadata }) => metadata.name === 'default');
  if (installation !== undefined) return stateOf(installation);
  return unreadable.some(({ resource, state }) => resource === installationCrd && state === 'missing')
    ? {
        state: 'not-installed',
        message: `Calico is not installed: the CustomResourceDefinition ${installationCrd} is missing`,
        cure: 'Apply the CRDs of this release and start the operator, or start it with --manage-crds.',
      }
    : {
        state: 'not-installed',
        message: 'Calico is not installed: there is no Installation named default',
        cure: 'Create one, for example with kubectl create -f custom-resources.yaml.',
      };
}

function stateOf({ metadata, status = {} }: Installation): Overall {
  const holds = (type: string): boolean =>
    status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
  const name = status.calicoVersion === undefined ? 'Calico' : `Calico ${status.calicoVersion}`;
  if (metadata.deletionTimestamp !== undefined) {
    return { state: 'deleting', message: `${name} is being removed` };
  }
  if ((status.observedGeneration ?? -1) < (metadata.generation ?? 0)) return unattended(status);
  if (holds('Ready')) return { state: 'ready', message: `${name} is available` };
  if (holds('Stalled')) {
    return {
      state: 'refused',
      message: 'What the Installation asks for is refused; what runs stays as it is',
    };
  }
  if (holds('Degraded')) return { state: 'degraded', message: `${name} is degraded` };
  const first = status.calicoVersion === undefined;
  return {
    state: 'progressing',
    message: first ? 'Calico is being installed' : `${name} is available in parts, a change is under way`,
  };
}

function unattended({ conditions = [] }: NonNullable<Installation['status']>): Overall {
  const message =
    conditions.length === 0
      ? 'The Installation has no status: no operator has looked at it yet'
      : 'The latest change of the Installation is not taken up yet; the conditions speak of the one before';
  return {
    state: 'unattended',
    message,
    cure: 'If it stays so, see whether the operator runs: kubectl -n tigera-operator get pods',
  };
}
