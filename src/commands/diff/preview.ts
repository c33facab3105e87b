/** From what was seen to what the operator would do: its own functions, without the writing. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { renderAll } from '../../controllers/installation/desired.ts';
import { liveConfiguration } from '../../controllers/installation/live.ts';
import { ownerOf, planAll } from '../../controllers/installation/plan-all.ts';
import { bpfRemarks } from '../../render/configuration/bpf-enabled.ts';
import { poolOwnership } from '../../render/ip-pools/ownership.ts';
import type { DesiredObject } from '../../render/types.ts';
import { homelessTypha } from '../../resolve/typha/decision.ts';
import type { Resolved, Snapshot } from '../../resolve/types.ts';
import { standInCertificates } from '../render/certificates.ts';
import { baseOf, changeOf } from './outcome.ts';
import { forkStores } from './rehearsal/fork.ts';
import { type Rehearsal, rehearse } from './rehearsal/rehearse.ts';
import { decideScene, operatorIn, type Scene } from './scene.ts';
import type { Change, Step } from './types.ts';

/** What would be done, or why nothing would. */
export type Preview =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[]; readonly warnings: readonly Warning[] }
  | {
      readonly kind: 'decided';
      readonly resolved: Resolved;
      /** The effective spec that was carried out last; undefined on the first run. */
      readonly computed: InstallationSpec | undefined;
      /** From now to the end, in the order in which the operator writes. */
      readonly changes: readonly Change[];
      /** How it gets there. */
      readonly steps: readonly Step[];
      /** What cannot be written now or stays undone, and why. */
      readonly waiting: readonly string[];
      readonly warnings: readonly Warning[];
    };

/** Decides, renders as everything stands once it is rolled out, and holds that against what is live. */
export async function preview(scene: Scene): Promise<Preview> {
  const { installation, stores, place, now } = scene;
  const { snapshot, decision } = decideScene(scene);
  if (decision.kind === 'refused') return decision;
  const { resolved } = decision;
  const { spec } = resolved;
  const certificates = standInCertificates(snapshot, { spec, now, systemRoots: place.systemRoots });
  const pools = poolOwnership(snapshot.pools, resolved);
  const warnings = [
    ...resolved.warnings,
    ...certificates.warnings,
    ...pools.warnings,
    ...bpfRemarks(resolved, snapshot, stores.felix.get('default')),
    ...windowsRemarks(resolved),
  ];
  const refusals = [...(certificates.kind === 'refused' ? certificates.refusals : []), ...pools.refusals];
  if (certificates.kind === 'refused' || refusals.length > 0) return { kind: 'refused', refusals, warnings };
  const rehearsal = await rehearse(scene);
  if (rehearsal.kind === 'refused') return rehearsal;
  const desired = renderEnd(scene, rehearsal, { snapshot, certificates: certificates.set });
  const actions = planAll(installation, { desired, windows: resolved.windows }, stores).flatMap(
    (stage) => stage.actions,
  );
  const blocked = actions.flatMap((action) => (action.kind === 'refuse' ? [action.refusal] : []));
  if (blocked.length > 0) return { kind: 'refused', refusals: blocked, warnings };
  const changes = actions.flatMap((action) => {
    const live = stores.live(action.ref);
    return changeOf(action, { live, base: baseOf(action, live) });
  });
  const held = actions.flatMap((action) => (action.kind === 'wait' ? [action.reason] : []));
  return {
    kind: 'decided',
    resolved,
    computed: installation.status?.computed,
    changes: [...changes, ...rehearsal.kubeProxy],
    steps: rehearsal.steps,
    waiting: [...new Set([...held, ...rehearsal.waiting])],
    warnings: [...warnings, ...endRemarks(rehearsal, snapshot)],
  };
}

/** What is refused of Windows stops nothing else. */
function windowsRemarks({ windows }: Resolved): readonly Warning[] {
  const { refusals, warnings } = { refusals: [], warnings: [], ...windows };
  return [...refusals, ...warnings];
}

/** What somebody has to do something about before the end can come, and what nothing else waits for. */
function endRemarks({ end }: Rehearsal, snapshot: Snapshot): readonly Warning[] {
  return [...(end.typha.homeless ? [homelessTypha(snapshot)] : []), ...(end.plane.kubeProxy?.refusals ?? [])];
}

/** As everything stands in the end: with the certificates that stand for those which only the cluster will have. */
function renderEnd(
  scene: Scene,
  { end: { resolved, typha, plane } }: Rehearsal,
  given: Pick<Parameters<typeof renderAll>[1], 'snapshot' | 'certificates'>,
): readonly DesiredObject[] {
  return renderAll(resolved, {
    ...given,
    live: liveConfiguration(forkStores(scene.stores)),
    phase: { ...typha.phase, dataPlane: plane.phase },
    holds: typha.holds,
    operator: operatorIn(scene),
    owner: ownerOf(scene.installation),
  });
}
