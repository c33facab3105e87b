/** Settings that Felix and other operands must agree on. */
import type { RenderInput } from '../types.ts';
import { mayDefault } from './ownership.ts';

/** Port of Felix's health endpoint: a user's, else the platform's default. Typha's is one below. */
export function felixHealthPort(input: RenderInput): number {
  const { felix } = input.live;
  const fallback = input.resolved.spec.kubernetesProvider === 'OpenShift' ? 9199 : 9099;
  return mayDefault(felix, ['spec', 'healthPort']) ? fallback : (felix?.spec?.healthPort ?? fallback);
}
