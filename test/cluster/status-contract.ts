/**
 * What others conclude from our status, to be checked after every step of every test: the rules of kstatus (as Flux and
 * `kubectl wait`-like tools apply them) and those of the API conventions on conditions. Our own code for their rules.
 */
import {
  componentConditions,
  installationConditions,
  type Reason,
  reasonCatalogue,
} from '../../src/api/conditions.ts';

interface StatusCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

/** An object with conditions; an Installation or a TigeraStatus is one. */
export interface Conditioned {
  readonly kind?: string;
  readonly metadata: {
    readonly uid?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly StatusCondition[];
  };
}

/** What kstatus says of an object. */
export interface KStatus {
  readonly status: 'Current' | 'InProgress' | 'Failed' | 'Terminating';
  readonly message: string;
}

/** kstatus' rules for kinds that it does not know by name, in its order. */
export function computeKStatus(object: Conditioned): KStatus {
  const { metadata, status = {} } = object;
  const condition = (type: string) => status.conditions?.find((candidate) => candidate.type === type);
  if (metadata.deletionTimestamp !== undefined) {
    return { status: 'Terminating', message: 'is being deleted' };
  }
  if (status.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) {
    return { status: 'InProgress', message: 'the latest generation is not observed' };
  }
  if (condition('Reconciling')?.status === 'True') {
    return { status: 'InProgress', message: condition('Reconciling')?.message ?? '' };
  }
  if (condition('Stalled')?.status === 'True') {
    return { status: 'Failed', message: condition('Stalled')?.message ?? '' };
  }
  const ready = condition('Ready');
  return ready === undefined || ready.status === 'True'
    ? { status: 'Current', message: ready?.message ?? 'no Ready condition' }
    : { status: 'InProgress', message: ready.message ?? '' };
}

/** Types of condition that the operator writes; those of others are theirs. */
const ours = new Set<string>([...installationConditions, ...componentConditions, 'Stalled']);

/**
 * Breaches of the contract, empty if there is none.
 * @param previous the same object as it was read before
 */
export function checkConditions(object: Conditioned, previous?: Conditioned): readonly string[] {
  const conditions = object.status?.conditions?.filter(({ type }) => ours.has(type)) ?? [];
  if (conditions.length === 0) {
    return [];
  }
  return [
    ...conditions.flatMap((condition) => checkForm(condition, object)),
    ...checkTogether(object, conditions),
    ...(previous !== undefined && previous.metadata.uid === object.metadata.uid
      ? checkHistory(conditions, previous.status?.conditions ?? [])
      : []),
  ];
}

function checkForm(condition: StatusCondition, { metadata, status }: Conditioned): readonly string[] {
  const { type, reason = '', message, lastTransitionTime = '', observedGeneration = 0 } = condition;
  const known = Object.hasOwn(reasonCatalogue, reason) ? reasonCatalogue[reason as Reason] : undefined;
  return breaches(type, [
    [!/^[A-Z][A-Za-z]+$/.test(reason), `reason ${JSON.stringify(reason)} is not CamelCase`],
    [known === undefined, `reason ${reason} is not in the catalogue`],
    [message === undefined || message === '', 'there is no message'],
    [(message?.length ?? 0) > 4096, 'the message is too long'],
    [
      !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(lastTransitionTime),
      'lastTransitionTime is no time in seconds',
    ],
    [!['True', 'False'].includes(condition.status), `status is ${condition.status}`],
    [observedGeneration < 1, 'observedGeneration is missing'],
    [
      status?.observedGeneration !== undefined && status.observedGeneration !== observedGeneration,
      'observedGeneration differs from that of the status',
    ],
    [
      status?.observedGeneration !== undefined && observedGeneration > (metadata.generation ?? 0),
      'observedGeneration is ahead of the generation',
    ],
  ]);
}

function checkTogether(object: Conditioned, conditions: readonly StatusCondition[]): readonly string[] {
  const holds = (type: string) => conditions.some((c) => c.type === type && c.status === 'True');
  const types = conditions.map(({ type }) => type);
  const good = types.includes('Available') ? 'Available' : 'Ready';
  const bad = ['Progressing', 'Degraded', 'Stalled'].filter(holds);
  const missing = [good, 'Progressing', 'Degraded'].filter((type) => !types.includes(type));
  const goodReason = conditions.find(({ type }) => type === good)?.reason ?? '';
  const polarity = Object.hasOwn(reasonCatalogue, goodReason)
    ? reasonCatalogue[goodReason as Reason].polarity
    : undefined;
  const kstatus = computeKStatus(object).status;
  return breaches(good, [
    [new Set(types).size !== types.length, 'a type occurs twice'],
    [missing.length > 0, `${missing.join(', ')} is missing`],
    [holds(good) && bad.length > 0, `True together with ${bad.join(', ')}`],
    [!holds(good) && bad.length === 0, 'False without anything under way or wrong'],
    [holds(good) !== (polarity === 'good'), `its reason ${goodReason} does not fit its status`],
    [holds('Stalled') && !holds('Degraded'), 'Stalled without Degraded'],
    [good === 'Ready' && kstatus === 'Current' && !holds(good), 'kstatus takes it for current'],
    [good === 'Ready' && kstatus === 'Failed' && !holds('Degraded'), 'kstatus takes it for failed'],
  ]);
}

function checkHistory(
  conditions: readonly StatusCondition[],
  previous: readonly StatusCondition[],
): readonly string[] {
  return conditions.flatMap((condition) => {
    const before = previous.find(({ type }) => type === condition.type);
    if (before === undefined) {
      return [];
    }
    const [then, now] = [before.lastTransitionTime ?? '', condition.lastTransitionTime ?? ''];
    const same = before.status === condition.status;
    return breaches(condition.type, [
      [same && then !== now, `lastTransitionTime moved from ${then} to ${now} while the status stayed`],
      [now < then, 'lastTransitionTime went back'],
      [
        (condition.observedGeneration ?? 0) < (before.observedGeneration ?? 0),
        'observedGeneration went back',
      ],
    ]);
  });
}

function breaches(type: string, checks: readonly (readonly [boolean, string])[]): readonly string[] {
  return checks.flatMap(([broken, text]) => (broken ? [`${type}: ${text}`] : []));
}
