/** Waiting for a permission that the operator has just given itself. */
import { resources } from '../../api/resources.ts';
import type { Clock } from '../../clock.ts';
import { isForbidden } from '../../kube/errors.ts';
import type { KubeClient } from '../../kube/types.ts';

/** Milliseconds before each further attempt: two seconds in all. */
const pauses = [50, 150, 500, 1_300] as const;

/** What is left of the patience of a process. */
export interface SecretPatience {
  /** It was of no use: whoever does not give the permission within two seconds will not do so in the next two. */
  exhausted: boolean;
}

/**
 * The operator may touch Secrets only where a RoleBinding says so, and in Calico's namespace it makes that RoleBinding
 * itself. API servers take a moment to see it, so a Secret that is forbidden is tried again for two seconds.
 * @param patience updated; what is forbidden after that is told at once, until a Secret could be written again
 */
export function patientWithSecrets(
  client: KubeClient,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
  patience: SecretPatience,
): Pick<KubeClient, 'apply' | 'delete' | 'mergePatch'> {
  return {
    mergePatch: (ref, patch, options) => client.mergePatch(ref, patch, options),
    delete: (ref, options) => client.delete(ref, options),
    apply: async (resource, object, options) => {
      for (let attempt = 0; ; attempt++) {
        try {
          const stored = await client.apply(resource, object, options);
          if (resource === resources.Secret) patience.exhausted = false;
          return stored;
        } catch (error) {
          if (resource !== resources.Secret || !isForbidden(error) || patience.exhausted) throw error;
          const pause = pauses[attempt];
          patience.exhausted = pause === undefined;
          if (pause === undefined || !(await clock.sleep(pause, signal))) throw error;
        }
      }
    },
  };
}
