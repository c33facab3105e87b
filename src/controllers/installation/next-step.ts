/** What a pass makes of a decision: how far the transitions have come, and so every object as it shall be by now. Pure. */
import type { Installation } from '../../api/installation.ts';
import type { CertificateSet } from '../../api/key-pair.ts';
import type { DesiredObject, RenderInput } from '../../render/types.ts';
import type { Resolved, Snapshot, TyphaHistory } from '../../resolve/types.ts';
import { customisations, withoutValues } from '../../status/customised.ts';
import type { Decided } from '../../status/installation-status.ts';
import { type DataPlaneSurvey, surveyDataPlane } from './data-plane.ts';
import { type RenderContext, renderAll } from './desired.ts';
import { liveConfiguration, type LiveWorkloads } from './live.ts';
import { ownerOf } from './plan-all.ts';
import type { Stores } from './stores.ts';
import { nextTyphaStep } from './typha/step.ts';
import type { TyphaTransition } from './typha/transition.ts';

/** What was decided, and what it is carried out with. */
export interface StepInput {
  readonly installation: Installation;
  readonly snapshot: Snapshot & { readonly typha: TyphaHistory };
  readonly resolved: Resolved;
  readonly workloads: LiveWorkloads;
  readonly certificates: CertificateSet;
  readonly operator: RenderInput['operator'];
  readonly render?: RenderContext['render'];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Everything that this pass is to write, and where the transitions stand. */
export interface NextStep {
  readonly typha: TyphaTransition;
  readonly plane: DataPlaneSurvey;
  readonly desired: readonly DesiredObject[];
}

/** The next step for the cluster as the stores have it. */
export function nextStep(input: StepInput, stores: Stores): NextStep {
  const { installation, snapshot, resolved, workloads, certificates, operator, render, now } = input;
  const typha = nextTyphaStep(snapshot, resolved.typha, workloads);
  const plane = surveyDataPlane(resolved, stores, now);
  const desired = renderAll(resolved, {
    snapshot,
    certificates,
    live: liveConfiguration(stores),
    phase: { ...typha.phase, dataPlane: plane.phase },
    holds: typha.holds,
    operator,
    owner: ownerOf(installation),
    ...(render === undefined ? {} : { render }),
  });
  return { typha, plane, desired };
}

/** What the status is to remember of it, as the decisions of later passes go by it. */
export function decidedOf({ spec, defaulted }: Resolved, { status }: TyphaTransition): Decided {
  const customised = customisations(spec);
  return {
    computed: withoutValues(spec),
    defaulted,
    ...(customised.length === 0 ? {} : { customised }),
    ...(status === undefined ? {} : { typha: status }),
  };
}
