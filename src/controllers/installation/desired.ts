/** From a snapshot to the objects as they shall be: resolve, guard, render. Pure but for the certificates handed in. */
import type { CertificateSet } from '../../api/key-pair.ts';
import type { OwnerReference } from '../../api/kubernetes.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { withOwner } from '../../apply/ownership.ts';
import { guard } from '../../resolve/guard.ts';
import { type Findings, noFindings } from '../../resolve/findings.ts';
import { resolve } from '../../resolve/resolve.ts';
import type { Resolved, Snapshot } from '../../resolve/types.ts';
import { judgeOverrides } from '../../render/overrides/judge.ts';
import { render } from '../../render/render.ts';
import { names } from '../../render/shared/names.ts';
import type { DesiredObject, LiveConfiguration, Phase, RenderInput } from '../../render/types.ts';
import type { Holds } from './typha/transition.ts';

/** What was decided about a spec. */
export type Decision =
  | { readonly kind: 'resolved'; readonly resolved: Resolved }
  | {
      readonly kind: 'refused';
      readonly refusals: readonly Refusal[];
      readonly warnings: readonly Warning[];
    };

/**
 * Resolves, and holds the result against what it would be rendered to and what was carried out last. Every mistake is
 * told, whichever of them finds it.
 */
export function decide(snapshot: Snapshot): Decision {
  const resolution = resolve(snapshot);
  const resolved = resolution.kind === 'resolved' ? resolution.resolved : resolution.attempt;
  const overrides = findingsOfOverrides(snapshot, resolved, resolution.kind === 'resolved');
  const warnings = [...resolved.warnings, ...overrides.warnings];
  if (resolution.kind === 'refused') {
    return { kind: 'refused', refusals: [...resolution.refusals, ...overrides.refusals], warnings };
  }
  const guarded = guard(resolved, snapshot.installation.status?.computed);
  const refusals = [...(guarded.kind === 'refused' ? guarded.refusals : []), ...overrides.refusals];
  return refusals.length === 0
    ? { kind: 'resolved', resolved: { ...resolved, warnings } }
    : { kind: 'refused', refusals, warnings };
}

function findingsOfOverrides(snapshot: Snapshot, resolved: Resolved, acceptable: boolean): Findings {
  try {
    return judgeOverrides(snapshot, resolved);
  } catch (error) {
    // What is refused for other mistakes need not be renderable; then those are told alone.
    if (acceptable) throw error;
    return noFindings;
  }
}

/** What rendering needs besides the decision. */
export interface RenderContext {
  readonly snapshot: Snapshot;
  readonly certificates: CertificateSet;
  readonly live: LiveConfiguration;
  readonly phase: Phase;
  readonly holds?: Holds;
  readonly operator: RenderInput['operator'];
  /** Absent when rendering without a cluster. */
  readonly owner?: OwnerReference;
  /** `renderOwned`, or what answers like it. */
  readonly render?: typeof renderOwned;
}

/** Every object that the decision asks for, with its owner. */
export function renderAll(resolved: Resolved, context: RenderContext): readonly DesiredObject[] {
  const { snapshot, owner, holds = {}, render: make = renderOwned } = context;
  const pullSecretNames = resolved.spec.imagePullSecrets?.map(({ name }) => name) ?? [];
  const input: RenderInput = {
    resolved,
    ...(owner === undefined ? {} : { owner }),
    operator: context.operator,
    certificates: context.certificates,
    live: context.live,
    phase: context.phase,
    pullSecrets: pullSecretNames.flatMap((name) =>
      name === undefined ? [] : (snapshot.secrets[name] ?? []),
    ),
    configMaps: snapshot.configMaps,
  };
  return make(input, holds);
}

/** Renders, and sets owners and holds. */
export function renderOwned(input: RenderInput, holds: Holds): readonly DesiredObject[] {
  return render(input).map((desired) => withHold(withOwner(desired, input.owner), holds));
}

function withHold(desired: DesiredObject, holds: Holds): DesiredObject {
  const { kind, metadata } = desired.object;
  const isNode = kind === 'DaemonSet' && metadata.name === names.node;
  const isTypha = kind === 'Deployment' && metadata.name === names.typha;
  const hold = isNode ? holds.node : isTypha ? holds.typha : undefined;
  return hold === undefined ? desired : { ...desired, hold };
}
