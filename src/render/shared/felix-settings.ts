/** Settings that Felix and other operands must agree on. */
import type { RenderInput } from '../types.ts';

/** Port of Felix's health endpoint: the user's, else the platform's default. Typha's is one below. */
export function felixHealthPort(input: RenderInput): number {
  const fallback = input.resolved.spec.kubernetesProvider === 'OpenShift' ? 9199 : 9099;
  return input.live.felix?.spec?.healthPort ?? fallback;
}
