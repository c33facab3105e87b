/** Compares what we render with what the reference left in the cluster. */
import { render } from '../../src/render/render.ts';
import { resolve } from '../../src/resolve/resolve.ts';
import { applyDefaults } from './defaults.ts';
import { diff } from './diff.ts';
import { renderInputOf, snapshotOf, type TyphaMode } from './input.ts';
import type { JsonObject } from './json.ts';
import { normalise } from './normalise.ts';
import { keyOf, type Recording } from './recording.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';

/** One difference. `object` is a key like `DaemonSet calico-system/calico-node`, or `Recording <name>`. */
export interface Difference {
  readonly object: string;
  /** Path of the field; `(object)` when one side lacks the object, `(outcome)` when only one side refuses. */
  readonly field: string;
  readonly reference: string;
  readonly ours: string;
}

const comparable = (objects: readonly KubeObject[]): ReadonlyMap<string, JsonObject> =>
  new Map(objects.map((object) => [keyOf(object), normalise(object)]));

function compareObjects(
  reference: ReadonlyMap<string, JsonObject>,
  ours: ReadonlyMap<string, JsonObject>,
): readonly Difference[] {
  return [...new Set([...reference.keys(), ...ours.keys()])]
    .sort()
    .flatMap((object): readonly Difference[] => {
      const [theirs, own] = [reference.get(object), ours.get(object)];
      if (theirs === undefined || own === undefined) {
        const presence = (side: JsonObject | undefined) => (side === undefined ? 'absent' : 'present');
        return [{ object, field: '(object)', reference: presence(theirs), ours: presence(own) }];
      }
      return diff(theirs, own).map(({ path, ...values }) => ({ object, field: path, ...values }));
    });
}

/**
 * Everything in which we differ from a recording, in stable order.
 *
 * @param mode `Always` compares like with like; `Auto` is what a stock Installation gets.
 */
export function compare(recording: Recording, mode: TyphaMode = 'Always'): readonly Difference[] {
  const snapshot = snapshotOf(recording, mode);
  const resolution = resolve(snapshot);
  const outcome = resolution.kind === 'refused' ? 'refused' : 'installed';
  if (outcome !== recording.outcome) {
    return [
      {
        object: `Recording ${recording.name}`,
        field: '(outcome)',
        reference: recording.outcome,
        ours: outcome,
      },
    ];
  }
  if (resolution.kind === 'refused') return [];
  const rendered = render(renderInputOf(snapshot, resolution.resolved)).map(({ object }) => object);
  const defaulted = rendered.map(
    (object) => applyDefaults(JSON.parse(JSON.stringify(object)) as JsonObject) as unknown as KubeObject,
  );
  return compareObjects(comparable(recording.objects), comparable(defaulted));
}
