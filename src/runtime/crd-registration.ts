/** Registration of a CustomResourceDefinition: server-side apply of its JSON as it stands, then wait until it is served. */
import { load } from 'js-yaml';
import type { Clock } from '../clock.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';

type KubeObject = Parameters<KubeClient['apply']>[1];

interface DefinitionObject extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
    }[];
  };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

const definitions: ObjectRef['resource'] = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

const pollInterval = 100;
const establishedWithin = 30_000;

export interface CrdRegistrationOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly fieldManager: string;
  readonly signal: AbortSignal;
}

/** Parses a definition from YAML or JSON. Throws when the text is none. `source` names it in the message. */
export function parseDefinition(text: string, source: string): DefinitionObject {
  const parsed: unknown = text.trim() === '' ? undefined : load(text, { filename: source });
  if (!isDefinition(parsed)) {
    throw new Error(
      `${source} is no CustomResourceDefinition of apiextensions.k8s.io/v1 with a group, plural name and versions`,
    );
  }
  return parsed;
}

interface MaybeDefinition {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown };
  readonly spec?: {
    readonly group?: unknown;
    readonly names?: { readonly plural?: unknown };
    readonly versions?: unknown;
  };
}

function isDefinition(value: unknown): value is DefinitionObject {
  const candidate = value as MaybeDefinition | null | undefined;
  const texts = [candidate?.metadata?.name, candidate?.spec?.group, candidate?.spec?.names?.plural];
  return (
    candidate?.apiVersion === 'apiextensions.k8s.io/v1' &&
    candidate.kind === 'CustomResourceDefinition' &&
    texts.every((text) => typeof text === 'string') &&
    Array.isArray(candidate.spec?.versions)
  );
}

/** Applies a definition and waits until the API server serves it. Rejects after 30 s, naming what is in the way. */
export async function registerDefinition(
  definition: DefinitionObject,
  options: CrdRegistrationOptions,
): Promise<void> {
  const { client, fieldManager, signal } = options;
  const current = await client.apply(definitions, definition, { fieldManager, signal });
  await waitUntilEstablished(current, options);
}

/**
 * Waits until the API server serves a definition, of which `current` is the last that was seen. Rejects after 30 s,
 * naming what is in the way, or with the signal's reason.
 */
export async function waitUntilEstablished(
  current: KubeObject,
  options: Pick<CrdRegistrationOptions, 'clock' | 'signal'> & { readonly client: Pick<KubeClient, 'get'> },
): Promise<void> {
  const { client, clock, signal } = options;
  const ref: ObjectRef = { resource: definitions, name: current.metadata.name };
  const deadline = clock.monotonic() + establishedWithin;
  for (let latest = current as DefinitionObject; !isEstablished(latest); ) {
    signal.throwIfAborted();
    if (clock.monotonic() >= deadline) {
      const problem = conditionMessages(latest);
      throw new Error(`CustomResourceDefinition ${ref.name} is not served after 30 s: ${problem}`);
    }
    await clock.sleep(pollInterval, signal);
    latest = (await client.get(ref, { signal })) as DefinitionObject;
  }
}

/** True when the API server serves the kind. */
export function isEstablished(definition: KubeObject): boolean {
  const conditions = (definition as DefinitionObject).status?.conditions ?? [];
  return conditions.some((each) => each.type === 'Established' && each.status === 'True');
}

function conditionMessages(definition: DefinitionObject): string {
  const failing = (definition.status?.conditions ?? []).filter((each) => each.status !== 'True');
  const messages = failing.map((each) => `${each.type} is ${each.status} (${each.message ?? 'no message'})`);
  return messages.length === 0 ? 'it has no conditions yet' : messages.join('; ');
}
