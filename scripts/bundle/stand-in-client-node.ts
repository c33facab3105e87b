/**
 * Stands for @kubernetes/client-node where @dot-i/k8s-operator requires it, in the bundle only. That package takes the
 * whole namespace of the library, which would double the bundle, and uses five names of it. What it does with them is
 * overridden in src/runtime/operator-process.ts, so those that would reach the network may as well refuse to.
 */

function refuse(what: string): never {
  throw new Error(`@dot-i/k8s-operator must not use ${what}: the operator has a client of its own`);
}

/** The base class makes one in its constructor; our class replaces it by the real one at once. */
export class KubeConfig {
  loadFromDefault(): void {
    // Nothing: reading a kubeconfig that is not ours could only fail.
  }

  makeApiClient(): object {
    return {};
  }
}

/** Named, never made: `KubeConfig.makeApiClient` above ignores them. */
export const CoreV1Api = 'CoreV1Api';
export const ApiextensionsV1Api = 'ApiextensionsV1Api';

export function Watch(): never {
  return refuse('Watch');
}

export function loadYaml(): never {
  return refuse('loadYaml');
}
