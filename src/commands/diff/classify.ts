/** Says of every change what it means. Pure. */
import type { IPPool } from '../../api/calico.ts';
import type { InstallationSpec } from '../../api/installation.ts';
import { describeRef } from '../../apply/refs.ts';
import type { Resolved } from '../../resolve/types.ts';
import { objectConcerns } from './concerns/objects.ts';
import { poolsAfter } from './concerns/pools.ts';
import { specConcerns } from './concerns/spec.ts';
import { effectOf } from './rollout.ts';
import type { Change, Class, ClassifiedChange, Concern, Effect, Step, StepChange } from './types.ts';

/** What is to be judged, and by what. */
export interface Judged {
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
  readonly resolved: Resolved;
  readonly computed: InstallationSpec | undefined;
  /** Every pool of the cluster as it is. */
  readonly pools: readonly IPPool[];
}

/** Changes with their meaning, and every concern, also of those that no single object brings about. */
export interface Verdict {
  readonly changes: readonly ClassifiedChange[];
  readonly concerns: readonly Concern[];
  readonly steps: readonly Step<StepChange>[];
}

/** Without a change nothing happens, whatever the specs say. */
export function classify({ changes, steps, resolved, computed, pools }: Judged): Verdict {
  if (changes.length === 0) return { changes: [], concerns: [], steps: [] };
  const { nodes } = resolved.cluster;
  const surrounding = {
    nodes,
    pools: poolsAfter(pools, changes),
    typha: resolved.typha,
    servedByBpf: resolved.spec.calicoNetwork.linuxDataplane === 'BPF',
  };
  const byObject = changes.flatMap((change) => objectConcerns(change, surrounding));
  const bySpec = specConcerns(computed, resolved.spec).map((concern) =>
    carriedByChange(concern, changes, byObject),
  );
  const concerns = firstOfTopic([...bySpec, ...byObject]);
  return {
    concerns,
    changes: changes.map((change) => {
      const own = concerns.filter(({ object }) => object === describeRef(change.ref));
      const effect = effectOf(change, nodes);
      return { ...change, effect, class: classOf(effect, own), concerns: own };
    }),
    steps: steps.map((step) => ({
      ...step,
      changes: step.changes.map((change) => ({ ...change, effect: effectOf(change, nodes) })),
    })),
  };
}

/** What the spec asks for comes about by an object that changes: the usual one, or the one that says the same. */
function carriedByChange(
  concern: Concern,
  changes: readonly Change[],
  byObject: readonly Concern[],
): Concern {
  const changed = changes.map(({ ref }) => describeRef(ref));
  if (changed.includes(concern.object)) return concern;
  const same = byObject.find(({ topic }) => topic === concern.topic);
  return { ...concern, object: same?.object ?? changed[0] ?? concern.object };
}

function classOf({ kind }: Effect, concerns: readonly Concern[]): Class {
  if (concerns.some(({ severity }) => severity === 'disruptive')) return 'disruptive';
  return kind === 'rolls' ? 'rolls' : 'no restart';
}

function firstOfTopic(concerns: readonly Concern[]): readonly Concern[] {
  return concerns.filter(
    ({ topic }, index) => concerns.findIndex((other) => other.topic === topic) === index,
  );
}
