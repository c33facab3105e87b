/** The whole `status` of the Installation and of a TigeraStatus. */
import type { InstallationStatus } from '../api/installation.ts';
import type { TigeraStatusStatus } from '../api/tigera-status.ts';
import {
  componentJudgements,
  conditionTime,
  installationJudgements,
  judge,
  withTimes,
} from './conditions.ts';
import type { ComponentReport } from './types.ts';

/** What a reconcile decided; absent when the spec is refused, so that nothing was decided. */
export type Decided = Pick<InstallationStatus, 'computed' | 'customised' | 'defaulted' | 'typha'>;

/** What runs when everything is available. */
export type Running = Required<Pick<InstallationStatus, 'variant' | 'calicoVersion' | 'mtu' | 'imageSet'>>;

/** Input of installationStatus. */
export interface InstallationStatusInput {
  readonly report: ComponentReport;
  /** `metadata.generation` of the Installation that the report was made from, not of a later one. */
  readonly generation: number;
  readonly previous: InstallationStatus | undefined;
  readonly decided: Decided | undefined;
  readonly running: Running | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The status to be stored. What was decided shows at once; version, variant, MTU and ImageSet change only when
 * everything is available, since other programs read from them what runs. What is not known this time stays as it was.
 */
export function installationStatus(input: InstallationStatusInput): InstallationStatus {
  const { generation, previous = {}, now } = input;
  const verdict = judge(input.report);
  const { computed, customised, defaulted, typha } = input.decided ?? previous;
  const { variant, calicoVersion, mtu, imageSet } =
    (verdict.ready.holds ? input.running : undefined) ?? previous;
  const conditions = withTimes(
    installationJudgements(verdict),
    previous.conditions ?? [],
    generation,
    conditionTime(now),
  );
  return defined({
    observedGeneration: generation,
    variant,
    calicoVersion,
    mtu,
    imageSet,
    computed,
    defaulted,
    customised,
    typha,
    conditions,
  });
}

/**
 * The status of a TigeraStatus.
 * @param generation that of the Installation
 * @param now milliseconds since the epoch
 */
export function componentStatus(
  report: ComponentReport,
  generation: number,
  previous: TigeraStatusStatus | undefined,
  now: number,
): TigeraStatusStatus {
  const judgements = componentJudgements(judge(report));
  return {
    conditions: withTimes(judgements, previous?.conditions ?? [], generation, conditionTime(now)),
  };
}

type Defined<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> };

function defined<T extends object>(value: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<
    Defined<T>
  >;
}
