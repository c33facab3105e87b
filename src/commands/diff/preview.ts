/** From what was seen to what the operator would do: its own functions, without the writing. Pure but for the clock handed in. */
import { isDeepStrictEqual } from 'node:util';
import type { Installation, InstallationSpec } from '../../api/installation.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import type { Refusal, Warning } from '../../api/refusal.ts';
import { mergeApplied } from '../../apply/merge.ts';
import type { Action } from '../../apply/types.ts';
import { decodeEntry, ownManagers } from '../../cache/entry.ts';
import { followedApiServer } from '../../controllers/installation/data-plane.ts';
import { decide, renderAll } from '../../controllers/installation/desired.ts';
import type { StaticFacts } from '../../controllers/installation/facts.ts';
import { gather } from '../../controllers/installation/gather.ts';
import { liveConfiguration, type LiveWorkloads, liveWorkloads } from '../../controllers/installation/live.ts';
import { installationManager } from '../../controllers/installation/outfit.ts';
import { ownerOf, planAll } from '../../controllers/installation/plan-all.ts';
import { referable } from '../../controllers/installation/references.ts';
import type { Stores } from '../../controllers/installation/stores.ts';
import { nextTyphaStep, typhaHistory } from '../../controllers/installation/typha/step.ts';
import { bpfRemarks } from '../../render/configuration/bpf-enabled.ts';
import { poolOwnership } from '../../render/ip-pools/ownership.ts';
import type { DesiredObject, LiveConfiguration } from '../../render/types.ts';
import type { Resolved } from '../../resolve/types.ts';
import { windowsNeeds } from '../../resolve/windows/needs.ts';
import { standInCertificates } from '../render/certificates.ts';
import type { Place } from './place.ts';
import { comparable } from './shown.ts';
import type { Change } from './types.ts';

/** What there is to decide from. */
export interface Scene {
  readonly installation: Installation;
  readonly stores: Stores;
  readonly facts: StaticFacts;
  readonly place: Place;
  /** Of this program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What would be done, or why nothing would. */
export type Preview =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[]; readonly warnings: readonly Warning[] }
  | {
      readonly kind: 'decided';
      readonly resolved: Resolved;
      /** The effective spec that was carried out last; undefined on the first run. */
      readonly computed: InstallationSpec | undefined;
      /** In the order in which the operator writes. */
      readonly changes: readonly Change[];
      /** What cannot be written now, and why. */
      readonly waiting: readonly string[];
      readonly warnings: readonly Warning[];
    };

/** Decides, renders as everything stands once it is rolled out, and holds that against what is live. */
export function preview(scene: Scene): Preview {
  const { installation, stores, place, now } = scene;
  const workloads = liveWorkloads(stores);
  const { snapshot, decision } = lookAndDecide(scene, workloads);
  if (decision.kind === 'refused') return decision;
  const { resolved } = decision;
  const certificates = standInCertificates(snapshot, {
    spec: resolved.spec,
    now,
    systemRoots: place.systemRoots,
  });
  const pools = poolOwnership(snapshot.pools, resolved);
  const bpf = bpfRemarks(resolved, snapshot, stores.felix.get('default'));
  const windows = { refusals: [], warnings: [], ...resolved.windows };
  const warnings = [
    ...resolved.warnings,
    ...certificates.warnings,
    ...pools.warnings,
    ...bpf,
    ...windows.refusals,
    ...windows.warnings,
  ];
  const refusals = [...(certificates.kind === 'refused' ? certificates.refusals : []), ...pools.refusals];
  if (certificates.kind === 'refused' || refusals.length > 0) return { kind: 'refused', refusals, warnings };
  // calico-node is shown as it stands in the end. What no node can run is not even begun.
  const { typha: held } = nextTyphaStep(snapshot, resolved.typha, workloads).holds;
  const holds = held === undefined ? {} : { typha: held };
  const desired = renderScene(scene, resolved, { snapshot, certificates: certificates.set, holds });
  const actions = planAll(installation, { desired, windows: resolved.windows }, stores).flatMap(
    (stage) => stage.actions,
  );
  const blocked = actions.flatMap((action) => (action.kind === 'refuse' ? [action.refusal] : []));
  if (blocked.length > 0) return { kind: 'refused', refusals: blocked, warnings };
  return {
    kind: 'decided',
    resolved,
    computed: installation.status?.computed,
    changes: actions.flatMap((action) => changeOf(action, stores.live(action.ref))),
    waiting: actions.flatMap((action) => (action.kind === 'wait' ? [action.reason] : [])),
    warnings,
  };
}

/** What Windows nodes depend on counts only once it is known that it is needed, as in the operator. */
function lookAndDecide({ installation, stores, facts, place, now }: Scene, workloads: LiveWorkloads) {
  const look = () => {
    const snapshot = {
      ...gather(installation, stores, facts, place, followedApiServer(stores)),
      typha: typhaHistory(workloads, now),
      referable: referable(stores),
    };
    return { snapshot, decision: decide(snapshot) };
  };
  const first = look();
  if (first.decision.kind === 'refused') return first;
  stores.windows.need(windowsNeeds(first.decision.resolved.spec));
  return look();
}

function renderScene(
  { installation, stores, place, version }: Scene,
  resolved: Resolved,
  decided: Pick<Parameters<typeof renderAll>[1], 'snapshot' | 'certificates' | 'holds'>,
): readonly DesiredObject[] {
  const { operatorNamespace: namespace, serviceAccount } = place;
  const { wanted } = resolved.typha;
  return renderAll(resolved, {
    ...decided,
    live: asTheOperatorSees(liveConfiguration(stores)),
    phase: { typhaDeployed: wanted, felixUsesTypha: wanted },
    operator: { namespace, serviceAccount, version },
    owner: ownerOf(installation),
  });
}

/** The operator keeps only its own entries of `managedFields`, and decides by them. */
function asTheOperatorSees({ pools, ...single }: LiveConfiguration): LiveConfiguration {
  const reduce = <T extends KubeObject>(object: T): T =>
    decodeEntry(object, (projected) => projected as T, ownManagers).item;
  return {
    ...(Object.fromEntries(
      Object.entries(single).map(([name, object]) => [name, reduce(object as KubeObject)]),
    ) as LiveConfiguration),
    ...(pools === undefined ? {} : { pools: pools.map(reduce) }),
  };
}

/** What an action changes for a reader: taking over fields that stay as they are is nothing. */
function changeOf(action: Action, live: KubeObject | undefined): readonly Change[] {
  const { ref } = action;
  switch (action.kind) {
    case 'create':
      return [{ ref, action: 'create', after: action.object }];
    case 'apply': {
      if (live === undefined) return [];
      const after = mergeApplied(action.object, live, installationManager);
      const same = isDeepStrictEqual(comparable(after), comparable(live));
      return same ? [] : [{ ref, action: 'update', before: live, after }];
    }
    case 'recreate':
      return [
        {
          ref,
          action: 'recreate',
          reason: action.reason,
          ...(live === undefined ? {} : { before: live }),
          after: action.object,
        },
      ];
    case 'delete':
      return live === undefined ? [] : [{ ref, action: 'delete', before: live }];
    case 'none':
    case 'wait':
    case 'refuse':
      return [];
  }
}
