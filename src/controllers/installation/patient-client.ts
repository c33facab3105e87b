/** Waiting for a permission that the operator has just given itself. */
import { resources } from '../../api/resources.ts';
import type { Clock } from '../../clock.ts';
import { isForbidden } from '../../kube/errors.ts';
import type { KubeClient } from '../../kube/types.ts';

const pause = 50;
const attempts = 40;

/**
 * The operator may touch Secrets only where a RoleBinding says so, and in Calico's namespace it makes that RoleBinding
 * itself. API servers take a moment to see it, so a Secret that is forbidden is tried again for two seconds.
 */
export function patientWithSecrets(
  client: KubeClient,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Pick<KubeClient, 'apply' | 'delete' | 'mergePatch'> {
  return {
    mergePatch: (ref, patch, options) => client.mergePatch(ref, patch, options),
    delete: (ref, options) => client.delete(ref, options),
    apply: async (resource, object, options) => {
      for (let left = attempts; ; left--) {
        try {
          return await client.apply(resource, object, options);
        } catch (error) {
          if (resource !== resources.Secret || !isForbidden(error) || left <= 1) throw error;
          if (!(await clock.sleep(pause, signal))) throw error;
        }
      }
    },
  };
}
