/** Settings that Felix and other operands must agree on. */
import type { RenderInput } from '../types.ts';
import { mayDefault } from './ownership.ts';

/** Port of Felix's health endpoint: a user's, else the platform's default. Typha's is one below. */
export function felixHealthPort(input: RenderInput): number {
  const { felix } = input.live;
  const fallback = input.resolved.spec.kubernetesProvider === 'OpenShift' ? 9199 : 9099;
  return mayDefault(felix, ['spec', 'healthPort']) ? fallback : (felix?.spec?.healthPort ?? fallback);
}

/** Where Felix answers health checks unless somebody configured another address. */
export const defaultHealthHost = 'localhost';

/** Address of Felix's health endpoint as seen from its own node: a user's, where that is a single address. */
export function felixHealthHost({ live }: RenderInput): string {
  const host = live.felix?.spec?.healthHost ?? '';
  const isEveryAddress = ['', '0.0.0.0', '::', '[::]'].includes(host);
  return isEveryAddress ? defaultHealthHost : host;
}

/** Network identifier of VXLAN: a user's, else the platform's default. Nodes of every system must agree on it. */
export function felixVxlanVni(input: RenderInput): number {
  const { felix } = input.live;
  // Docker Enterprise uses the usual one for its own overlay.
  const fallback = input.resolved.spec.kubernetesProvider === 'DockerEnterprise' ? 10000 : 4096;
  return mayDefault(felix, ['spec', 'vxlanVNI']) ? fallback : (felix?.spec?.vxlanVNI ?? fallback);
}
