/** One spec from admission to plan, as the API server and the operator would take it. Pure. */
import type { IPPool } from '../../src/api/calico.ts';
import type { InstallationSpec, InstallationStatus } from '../../src/api/installation.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { Refusal, Warning } from '../../src/api/refusal.ts';
import { plan } from '../../src/apply/plan.ts';
import { keyOf, refOf } from '../../src/apply/refs.ts';
import { offlineCertificates } from '../../src/commands/render/certificates.ts';
import { decide, renderAll } from '../../src/controllers/installation/desired.ts';
import { poolOwnership } from '../../src/render/ip-pools/ownership.ts';
import type { DesiredObject } from '../../src/render/types.ts';
import type { Resolved } from '../../src/resolve/types.ts';
import { schemaOf } from '../reference/admission/schemas.ts';
import { validate, withDefaults } from '../reference/admission/validate.ts';
import type { Fields } from './leaves.ts';
import { snapshotOf, type World } from './worlds.ts';

/** What earlier specs left: the status, and the pools of the cluster. */
export interface Past {
  readonly status?: InstallationStatus;
  readonly pools: readonly IPPool[];
}

export const noPast: Past = { pools: [] };

/** What becomes of a spec. */
export type Judgement =
  /** The API server does not store it. */
  | { readonly kind: 'inadmissible'; readonly mistakes: readonly string[] }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | {
      readonly kind: 'rendered';
      readonly desired: readonly DesiredObject[];
      readonly resolved: Resolved;
      readonly warnings: readonly Warning[];
      /** What the next spec finds. */
      readonly past: Past;
    };

const schema = schemaOf('Installation');

/** What admission says of a spec; nothing if it is stored. */
export function admissionMistakes(spec: Fields): readonly string[] {
  return validate(schema, installation(spec));
}

const installation = (spec: Fields): object => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  spec,
});

/** Takes a spec all the way. Typha counts as rolled out where it is wanted. */
export function judge(world: World, spec: Fields, past: Past = noPast): Judgement {
  const mistakes = admissionMistakes(spec);
  if (mistakes.length > 0) return { kind: 'inadmissible', mistakes };
  return judgeStored(world, spec, past);
}

/** Judges a spec that admission let through. */
export function judgeStored(world: World, spec: Fields, past: Past = noPast): Judgement {
  const stored = (withDefaults(schema, installation(spec)) as { readonly spec: InstallationSpec }).spec;
  const snapshot = snapshotOf(world, stored, past);
  const decision = decide(snapshot);
  if (decision.kind === 'refused') return decision;
  const { resolved } = decision;
  const certificates = offlineCertificates(snapshot, resolved.spec);
  const ownership = poolOwnership(snapshot.pools, resolved);
  const refusals = [...(certificates.kind === 'refused' ? certificates.refusals : []), ...ownership.refusals];
  if (certificates.kind === 'refused' || refusals.length > 0) return { kind: 'refused', refusals };
  const desired = renderAll(resolved, {
    snapshot,
    certificates: certificates.set,
    live: { pools: past.pools, ownImage },
    phase: { typhaDeployed: resolved.typha.wanted, felixUsesTypha: resolved.typha.wanted },
    operator: { namespace: 'tigera-operator', serviceAccount: 'tigera-operator', version: '0.0.0' },
    owner,
  });
  return {
    kind: 'rendered',
    desired,
    resolved,
    warnings: [...resolved.warnings, ...ownership.warnings],
    past: {
      status: { computed: resolved.spec, defaulted: resolved.defaulted },
      pools: poolsAfter(past.pools, desired),
    },
  };
}

const ownImage = {
  image: 'registry.example.com/calico-operator:0',
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
};

const owner = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  name: 'default',
  uid: '00000000-0000-4000-8000-000000000000',
  controller: true,
  blockOwnerDeletion: true,
};

function poolsAfter(before: readonly IPPool[], desired: readonly DesiredObject[]): readonly IPPool[] {
  const written = desired
    .map(({ object }) => object)
    .filter((object): object is IPPool => object.kind === 'IPPool');
  const names = new Set(written.map(({ metadata }) => metadata.name));
  return [...before.filter(({ metadata }) => !names.has(metadata.name)), ...written];
}

/** Names of objects that are there more than once, or that the plan for an empty cluster does not simply create. */
export function planMistakes(desired: readonly DesiredObject[]): readonly string[] {
  const keys = desired.map(({ object }) => keyOf(refOf(object)));
  const repeated = keys.filter((key, index) => keys.indexOf(key) !== index);
  const stages = plan({
    desired,
    live: () => undefined,
    ownership: {
      manager: 'calico-operator/installation',
      managedBy: 'tigera-operator',
      ownerUid: owner.uid,
    },
  });
  const actions = stages.flatMap((stage) => stage.actions);
  const created = new Set(actions.filter(({ kind }) => kind === 'create').map(({ ref }) => keyOf(ref)));
  return [
    ...repeated.map((key) => `${key} is rendered twice`),
    ...keys.filter((key) => !created.has(key)).map((key) => `${key} is not created`),
  ];
}

/** Equal objects, equal text: by name, with the keys of every map in order. Lists stay as they are. */
export function textOfObjects(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  return new Map(
    objects.map((object) => [keyOf(refOf(object)), stableText(object)]).sort() as [string, string][],
  );
}

/** JSON with the keys of every map in order. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** Everything of a decision that reaches the cluster, for comparing: objects, and what status and certificates get. */
export function effectOf(judgement: Judgement): string | undefined {
  if (judgement.kind !== 'rendered') return undefined;
  const { desired, resolved, warnings } = judgement;
  const objects = [...textOfObjects(desired.map(({ object }) => object)).values()];
  return stableText([
    objects,
    desired.map(({ stage, teardown }) => [stage, teardown ?? '']),
    resolved.typha,
    resolved.images,
    warnings,
  ]);
}
