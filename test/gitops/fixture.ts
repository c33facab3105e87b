import { join } from 'node:path';

import { afterAll, beforeAll } from '@jest/globals';

import { type OperatorPods, runOperatorPods } from '../cluster/operator-pods.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { ApplicationWatch } from './applications.ts';
import { type ArgoCd, startArgoCd } from './argo-cd.ts';
import { gitOpsPrograms } from './programs.ts';
import { Repository } from './repository.ts';

/** What tests of Argo CD start from. */
export interface GitOps {
  readonly repository: Repository;
  readonly argo: ArgoCd;
  readonly watch: ApplicationWatch;
}

/**
 * Gives the calling test file three nodes, a git repository with folders of this checkout, Argo CD, and processes for the
 * operator's pods. Returns a function for use inside of tests.
 * @param name of the Application that is watched
 */
export function useGitOps(
  cluster: () => ControlPlane,
  name: string,
  folders: readonly string[],
): () => GitOps {
  let made: GitOps | undefined;
  let pods: OperatorPods | undefined;
  beforeAll(async () => {
    // Argo CD may have to be built first.
    const programs = await gitOpsPrograms(streamProgress());
    await cluster().createNodes(3);
    const repository = await Repository.create(join(cluster().directory, 'platform'), folders);
    const argo = await startArgoCd(cluster(), programs);
    pods = runOperatorPods(cluster());
    made = { repository, argo, watch: new ApplicationWatch(cluster(), name) };
  }, 1_800_000);
  afterAll(async () => {
    await made?.watch.stop();
    await made?.argo.stop();
    await pods?.stop();
  });
  return () => {
    if (made === undefined) throw new Error('Argo CD is there only inside of tests');
    return made;
  };
}
