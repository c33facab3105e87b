/** Applications of Argo CD: made from the examples of deploy/argocd, and watched. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@jest/globals';
import { load } from 'js-yaml';

import { repository as checkout } from '../../scripts/bundle/bundle.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { type ArgoCd, argoNamespace } from './argo-cd.ts';

/** The part of an Application that tests look at. */
export interface Application {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly sync?: {
      readonly status: string;
      readonly revision?: string;
      readonly revisions?: readonly string[];
    };
    readonly health?: { readonly status: string };
    readonly resources?: readonly ResourceState[];
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly syncResult?: { readonly revision?: string; readonly revisions?: readonly string[] };
    };
  };
}

/** What Argo CD says of one object. */
export interface ResourceState {
  readonly kind: string;
  readonly name: string;
  readonly status?: string;
  readonly health?: { readonly status: string; readonly message?: string };
}

const folder = `/apis/argoproj.io/v1alpha1/namespaces/${argoNamespace}/applications`;

/** Path of an Application. */
export const applicationPath = (name: string): string => `${folder}/${name}`;

/**
 * An example of deploy/argocd with other text in the place of what every user has to replace.
 * @throws Error if the example does not have one of the texts
 */
export async function readExample<Kind = Application>(
  file: string,
  replacements: Readonly<Record<string, string>>,
): Promise<Kind> {
  let text = await readFile(join(checkout, 'deploy', 'argocd', file), 'utf8');
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  return load(text) as Kind;
}

/** Asks for a comparison now, not when its time has come. */
export async function refresh(
  api: ApiClient,
  name: string,
  kind: 'normal' | 'hard' = 'normal',
): Promise<void> {
  await api.mergePatch(applicationPath(name), {
    metadata: { annotations: { [refreshAnnotation]: kind } },
  });
}

/** The same, and waits until Argo CD has done so: it takes the annotation away then. */
async function compare(api: ApiClient, name: string, kind: 'normal' | 'hard'): Promise<void> {
  await refresh(api, name, kind);
  await eventually(
    async () => {
      const { metadata } = await api.get<Application>(applicationPath(name));
      return metadata.annotations?.[refreshAnnotation] === undefined;
    },
    { description: 'Argo CD to compare', interval: 50, timeout: 300_000 },
  );
}

const refreshAnnotation = 'argocd.argoproj.io/refresh';

/** What an Application says in short, for messages. */
export function describe({ status }: Application): string {
  const odd = (status?.resources ?? []).filter(
    ({ status: sync, health }) => sync !== 'Synced' || (health && health.status !== 'Healthy'),
  );
  const { sync, health, operationState: { phase, message } = {}, conditions } = status ?? {};
  const text = { sync: sync?.status, health: health?.status, phase, message, conditions, odd };
  return JSON.stringify(text).slice(0, 2000);
}

/** Waits until an Application is as wanted, at a revision if one is named. */
export function untilApplication(
  api: ApiClient,
  name: string,
  wanted: { readonly sync: string; readonly health: string; readonly revision?: string },
  timeout = 600_000,
): Promise<Application> {
  return eventually(
    async () => {
      const application = await api.get<Application>(applicationPath(name));
      const { sync, health } = application.status ?? {};
      const revisions = sync?.revisions ?? [sync?.revision];
      const there =
        sync?.status === wanted.sync &&
        health?.status === wanted.health &&
        (wanted.revision === undefined || revisions.includes(wanted.revision));
      if (!there) throw new Error(describe(application));
      return application;
    },
    { description: `Application ${name} to be ${wanted.sync} and ${wanted.health}`, interval: 250, timeout },
  );
}

/** One revision of an Application. */
export interface Seen {
  readonly sync: string | undefined;
  readonly health: string | undefined;
  readonly resources: readonly ResourceState[];
  readonly text: string;
}

/** Records every revision of an Application. */
export class ApplicationWatch {
  readonly #stop = new AbortController();
  readonly #seen: Seen[] = [];
  readonly #ended: Promise<unknown>;

  constructor({ api }: ControlPlane, name: string) {
    this.#ended = this.#follow(api, name);
  }

  async #follow(api: ApiClient, name: string): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await api
        .watch(
          `${folder}?fieldSelector=metadata.name=${name}`,
          ({ type, object }) => {
            if (!['ADDED', 'MODIFIED'].includes(type)) return;
            const application = object as unknown as Application;
            const { sync, health, resources = [] } = application.status ?? {};
            this.#seen.push({
              sync: sync?.status,
              health: health?.status,
              resources,
              text: describe(application),
            });
          },
          signal,
        )
        .catch(() => undefined);
    }
  }

  /** What was seen since it was asked last. */
  take(): readonly Seen[] {
    return this.#seen.splice(0);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

/** How often an Application is compared while nothing changes in git: as often as a real Argo CD does in two hours. */
const quietComparisons = 60;

/** What has to hold of every revision of an Application. */
export type Expectation = (seen: Seen) => boolean;

export const isSynced: Expectation = ({ sync }) => sync === 'Synced';
export const isSyncedAndHealthy: Expectation = (seen) => isSynced(seen) && seen.health === 'Healthy';

/**
 * Has an Application compared many times while nothing changes in git, and expects something of every revision.
 * @param expectation holds of every revision of the Application
 * @param during what happens in the cluster meanwhile
 */
export async function expectAlways(
  { api }: ControlPlane,
  name: string,
  { argo, watch }: { readonly argo: ArgoCd; readonly watch: ApplicationWatch },
  expectation: Expectation,
  during: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const before = await argo.comparisons();
  watch.take();
  const disturbed = during();
  for (let hard = true; (await argo.comparisons()) - before < quietComparisons; hard = !hard) {
    await compare(api, name, hard ? 'hard' : 'normal');
  }
  await disturbed;
  // What the last of it led to is compared, too.
  await compare(api, name, 'hard');
  const seen = watch.take();
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.filter((each) => !expectation(each)).map(({ text }) => text)).toEqual([]);
}
