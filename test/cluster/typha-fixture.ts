/** What the tests of switching Typha on and off share. */
import { afterEach, beforeEach, expect } from '@jest/globals';

import type { InstallationStatus } from '../../src/api/installation.ts';
import type { DaemonSet } from '../../src/api/kubernetes.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { calicoNodePath, readInstallation, stockSpec, untilPasses, untilReady } from './harness.ts';
import { TyphaTimeline } from './typha-timeline.ts';

/** Seconds after which Typha may go in {@link auto}. */
export const patience = 10;

/** The stock spec with `typha`; calico-node rolls on all nodes at once, since 60 nodes one by one take minutes. */
export const specWith = (typha: object, more: object = {}): object => ({
  ...stockSpec,
  nodeUpdateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
  typha,
  ...more,
});
export const auto = specWith({ switchOffAfterSeconds: patience });

/** Steps of a timeline. */
export const on = ['Typha is made', 'calico-node points at Typha'];
export const off = ['calico-node points at the API server', 'Typha goes'];

/** How Typha is seen on a cluster. */
export interface TyphaView {
  /** Of the test that runs, from its beginning. */
  readonly timeline: () => TyphaTimeline;
  readonly status: () => Promise<InstallationStatus['typha']>;
  readonly readNode: () => Promise<DaemonSet>;
  /** Waits until `status.typha` has these fields. */
  readonly untilTypha: (expected: object) => Promise<void>;
  /** The same, and until the Installation is ready. */
  readonly untilSettled: (expected: object) => Promise<void>;
}

/** Follows Typha and calico-node in each test of a file. */
export function useTyphaView(cluster: () => ControlPlane): TyphaView {
  let timeline: TyphaTimeline;
  beforeEach(async () => {
    timeline = await TyphaTimeline.start(cluster().api);
  });
  afterEach(() => timeline.stop());
  const status = async () => (await readInstallation(cluster().api)).status?.typha;
  const untilTypha = (expected: object): Promise<void> =>
    untilPasses(async () => expect(await status()).toMatchObject(expected));
  return {
    timeline: () => timeline,
    status,
    readNode: () => cluster().api.get<DaemonSet>(calicoNodePath),
    untilTypha,
    untilSettled: async (expected) => {
      await untilTypha(expected);
      await untilReady(cluster().api);
    },
  };
}
