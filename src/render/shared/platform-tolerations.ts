import type { Toleration } from '../../api/kubernetes.ts';
import type { Provider } from '../../resolve/types.ts';

/** Taints that a platform puts on its ordinary nodes: GKE marks Arm nodes so that only fitting images land there. */
export function platformTolerations(provider: Provider): readonly Toleration[] {
  return provider === 'GKE'
    ? [{ effect: 'NoSchedule', key: 'kubernetes.io/arch', operator: 'Equal', value: 'arm64' }]
    : [];
}
