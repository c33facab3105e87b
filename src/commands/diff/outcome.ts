/** What becomes of an object by an action of the operator. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../api/kubernetes.ts';
import { mergeApplied } from '../../apply/merge.ts';
import { takenOver } from '../../apply/take-over.ts';
import type { Action } from '../../apply/types.ts';
import { installationManager } from '../../controllers/installation/outfit.ts';
import { comparable } from './shown.ts';
import type { Change } from './types.ts';

/** An object before an action. */
export interface Standing {
  readonly live: KubeObject | undefined;
  /**
   * What an apply is laid over, with the whole of `metadata.managedFields`: the object as it is in the cluster, also where
   * `live` has it after earlier steps. Undefined where those have made it.
   */
  readonly base: KubeObject | undefined;
}

/** What an action changes for a reader: taking over fields that stay as they are is nothing. */
export function changeOf(action: Action, { live, base }: Standing): readonly Change[] {
  const { ref } = action;
  switch (action.kind) {
    case 'create':
      return [{ ref, action: 'create', after: action.object }];
    case 'apply': {
      if (live === undefined) return [];
      const after =
        base === undefined ? action.object : mergeApplied(action.object, base, installationManager);
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

/** What an apply is laid over: where it takes a workload over, what another operator left is the operator's own by then. */
export function baseOf(action: Action, original: KubeObject | undefined): KubeObject | undefined {
  if (original === undefined || action.kind !== 'apply' || action.takeOver !== true) return original;
  const managedFields = takenOver(original, installationManager);
  return managedFields === undefined
    ? original
    : { ...original, metadata: { ...original.metadata, managedFields } };
}
