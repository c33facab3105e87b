import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { checkConditions, type Conditioned } from './status-contract.ts';

const kinds = ['installations', 'tigerastatuses'];

type Seen = KubeObject & Conditioned;

/** Reads every revision of every Installation and TigeraStatus, and collects what breaks the contract. */
export class ContractWatch {
  readonly #cluster: ControlPlane;
  readonly #stop = new AbortController();
  readonly #last = new Map<string, Seen>();
  readonly #ended: Promise<unknown>;
  #violations: string[] = [];
  #revisions = 0;

  constructor(cluster: ControlPlane) {
    this.#cluster = cluster;
    this.#ended = Promise.all(kinds.map((plural) => this.#follow(plural)));
  }

  /** Number of revisions looked at. */
  get revisions(): number {
    return this.#revisions;
  }

  /** What was found since it was asked last. */
  take(): readonly string[] {
    const found = this.#violations;
    this.#violations = [];
    return found;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  /** Watches until stopped. Without a resource version, a watch begins with what is there, so none has to be kept. */
  async #follow(plural: string): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#cluster.api
        .watch(
          `/apis/operator.tigera.io/v1/${plural}`,
          ({ type, object }) => this.#look(plural, type, object as Seen),
          signal,
        )
        // The kind is not there yet, or the API server is away.
        .catch(() => undefined);
      // What happened in between was not seen, so what comes next is not held against what was before.
      for (const key of this.#last.keys()) if (key.startsWith(`${plural}/`)) this.#last.delete(key);
      await pause(100, signal);
    }
  }

  #look(plural: string, type: string, object: Seen): void {
    if (!['ADDED', 'MODIFIED'].includes(type)) return;
    const { metadata } = object;
    const key = `${plural}/${metadata.name}`;
    const previous = this.#last.get(key);
    this.#last.set(key, object);
    if (previous?.metadata.resourceVersion === metadata.resourceVersion) return;
    this.#revisions += 1;
    for (const breach of [...checkConditions(object, previous), ...checkSpec(object)]) {
      const revisions = `${previous?.metadata.resourceVersion ?? 'none'} → ${metadata.resourceVersion ?? '?'}`;
      const before = JSON.stringify(previous?.status?.conditions ?? []);
      this.#violations.push(
        `${key}, revisions ${revisions}: ${breach}\n  before: ${before}\n  after: ${JSON.stringify(object.status?.conditions)}`,
      );
    }
  }
}

/** The spec belongs to the user: the operator owns no field of it. */
function checkSpec({ metadata }: KubeObject): readonly string[] {
  return (metadata.managedFields ?? [])
    .filter(
      ({ manager, fieldsV1 }) => manager?.startsWith('calico-operator') && fieldsV1 && 'f:spec' in fieldsV1,
    )
    .map(({ manager }) => `${manager ?? ''} owns fields of the spec`);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Holds every status seen during a test file against the contract, and fails the test in which one broke it. */
export function useContractWatch(cluster: () => ControlPlane): () => ContractWatch {
  let watch: ContractWatch | undefined;
  beforeAll(() => {
    watch = new ContractWatch(cluster());
  });
  afterEach(() => expect(watch?.take()).toEqual([]));
  afterAll(async () => {
    await watch?.stop();
    expect(watch?.take()).toEqual([]);
  });
  return () => {
    if (watch === undefined) throw new Error('the watch is there only inside of tests');
    return watch;
  };
}
