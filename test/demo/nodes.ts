import type { Progress } from '../control-plane/build/progress.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { inStep } from './step.ts';

/** The nodes of a demo. */
export interface Nodes {
  /** What the operator needs in its environment because of them. */
  readonly operatorEnvironment: Readonly<Record<string, string>>;
  /** Shows, once Calico is available, what they are good for; each text is a line. */
  readonly showWork: (controlPlane: ControlPlane, progress: Progress) => Promise<readonly string[]>;
}

/** Adds nodes to a control plane. */
export type MakeNodes = (controlPlane: ControlPlane, progress: Progress) => Promise<Nodes>;

/** Nodes that are played: pods on them are never run, but look as if they were. */
export function fakeNodes(count: number): MakeNodes {
  return async (controlPlane, progress) => {
    const what = `making ${count === 1 ? 'a node' : `${count} nodes`}`;
    await inStep(progress, what, () => controlPlane.createNodes(count));
    return {
      operatorEnvironment: {},
      showWork: () =>
        Promise.resolve([
          'API server, etcd, controllers, scheduler and operator are real; nodes and pods are played by KWOK.',
        ]),
    };
  };
}
