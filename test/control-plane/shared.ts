import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll } from '@jest/globals';

import { chooseRung } from './ladder.ts';
import type { ControlPlane } from './control-plane.ts';
import { attachControlPlane, keepFiles, startControlPlane } from './control-plane.ts';

const pristine = 'pristine';
const startTimeoutMilliseconds = 1_800_000;

/** Data that test files start from, made once a process and then restored. */
export interface Preparation {
  /** Name of the snapshot; the same name must always mean the same preparation. */
  readonly snapshot: string;
  readonly prepare: (cluster: ControlPlane) => Promise<void>;
}

/**
 * Gives the calling test file a fresh cluster in the one control plane of this process, which the first file starts and
 * which ends with the process. Returns a function for use inside of tests. Files that use it must run in band.
 */
export function useFreshCluster(preparation?: Preparation): () => ControlPlane {
  let cluster: ControlPlane | undefined;
  beforeAll(async () => {
    cluster = await sharedControlPlane();
    await makeFresh(cluster, preparation);
  }, startTimeoutMilliseconds);
  return () => {
    if (!cluster) throw new Error('the cluster is there only inside of tests and of hooks after beforeAll');
    return cluster;
  };
}

/** Brings the shared control plane back to where the preparation leaves it; for tests that need it in mid-file. */
export async function makeFresh(cluster: ControlPlane, preparation?: Preparation): Promise<void> {
  // A cluster that a user named is used as it is.
  if (cluster.rung === 'kubeconfig' || cluster.rung === 'container') {
    await preparation?.prepare(cluster);
    return;
  }
  if (!preparation) return cluster.restore(pristine);
  if (cluster.hasSnapshot(preparation.snapshot)) return cluster.restore(preparation.snapshot);
  await cluster.restore(pristine);
  await preparation.prepare(cluster);
  await cluster.snapshot(preparation.snapshot);
}

/**
 * The control plane of this process. Jest evaluates every module anew for each test file, so what they share is found
 * by a path made of the process id.
 */
async function sharedControlPlane(): Promise<ControlPlane> {
  const rung = chooseRung(process.env).kind;
  if (rung === 'kubeconfig' || rung === 'container') return startControlPlane();
  const directory = join(tmpdir(), `calico-operator-shared-${process.pid}`);
  if (existsSync(directory)) {
    const running = await attachControlPlane(directory).catch(() => undefined);
    if (running) return running;
    await rm(directory, { recursive: true, force: true });
  }
  const cluster = await startControlPlane({ directory, keep: keepFiles() });
  await cluster.snapshot(pristine);
  return cluster;
}
