import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../api/kubernetes.ts';
import { resources } from '../api/resources.ts';
import { StatusError } from '../kube/errors.ts';
import type { KubeClient } from '../kube/types.ts';
import { execute } from './execute.ts';
import { applyError } from './failure.ts';
import { refOf } from './refs.ts';
import { summarize } from './summary.ts';
import type { Action, Outcome, Plan } from './types.ts';

const named = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'calico-system' },
});
const create = (name: string): Action => ({
  kind: 'create',
  ref: refOf(named(name)),
  object: named(name),
  drift: false,
});
const status = (code: number, reason: string, causes: readonly { readonly reason: string }[] = []) =>
  new StatusError(`the server says ${reason}`, { code, reason, causes });

/** Runs a plan against answers: an error to throw, else the object as sent with a uid. */
async function run(
  plan: Plan,
  answers: Readonly<Record<string, readonly (Error | KubeObject)[]>> = {},
  signal = new AbortController().signal,
) {
  const log: string[] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  let [active, most] = [0, 0];
  const answer = async (verb: string, name: string, object?: KubeObject): Promise<KubeObject> => {
    log.push(`${verb} ${name}`);
    most = Math.max(most, ++active);
    await new Promise((resolve) => setImmediate(resolve));
    active -= 1;
    const next = left.get(name)?.shift();
    if (next instanceof Error) {
      throw next;
    }
    return next ?? { ...named(name), metadata: { ...named(name).metadata, ...object?.metadata, uid: 'new' } };
  };
  const client: Pick<KubeClient, 'apply' | 'delete' | 'mergePatch'> = {
    mergePatch: (ref) => answer('patch', ref.name),
    apply: (_resource, object) => answer('apply', object.metadata.name, object),
    delete: async (ref, options) => {
      await answer(`delete ${options?.uid ?? ''}`, ref.name);
    },
  };
  const outcomes = await execute(plan, {
    client,
    manager: 'm',
    signal,
    observe: (ref, object) => log.push(`observe ${ref.name} ${object.metadata.uid ?? ''}`),
    observeDeleted: (ref, uid) => log.push(`gone ${ref.name} ${uid ?? ''}`),
  });
  return { outcomes, log, most };
}

const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind);
const stage = (...actions: readonly Action[]): Plan => [{ name: 's', actions }];

test('eight at a time, results in the order of the plan, each observed', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
  const { outcomes, log, most } = await run(stage(...names.map(create)));
  expect(most).toBe(8);
  expect(outcomes.map(({ action }) => action.ref.name)).toEqual(names);
  expect(log.filter((line) => line.startsWith('observe'))).toHaveLength(30);
});

test('lanes neither wait for each other nor hold each other up', async () => {
  const beside: Plan = stage(create('c')).map((each) => ({ ...each, lane: 'beside' }));
  const plan = [...stage(create('a')), ...beside, ...stage(create('b'))];
  const failure = [status(403, 'Forbidden')];
  expect(kinds((await run(plan, { a: failure })).outcomes)).toEqual(['failed', 'done', 'skipped']);
  expect(kinds((await run(plan, { c: [...failure] })).outcomes)).toEqual(['done', 'failed', 'done']);
  const twice = [...beside, ...stage(create('d')).map((each) => ({ ...each, lane: 'beside' }))];
  expect(kinds((await run(twice, { c: [status(403, 'Forbidden')] })).outcomes)).toEqual([
    'failed',
    'skipped',
  ]);
});

test('a failure stops the stages behind it, not its neighbours', async () => {
  const plan = [...stage(create('a'), create('b')), ...stage(create('c'))];
  const { outcomes, log } = await run(plan, { a: [status(403, 'Forbidden')] });
  expect(kinds(outcomes)).toEqual(['failed', 'done', 'skipped']);
  expect(log).not.toContain('apply c');
});

test.each([
  ['wait', { kind: 'wait', ref: refOf(named('a')), reason: 'r' }, 'waiting'],
  [
    'refuse',
    {
      kind: 'refuse',
      ref: refOf(named('a')),
      refusal: { reason: 'R', object: 'o', problem: 'p', cure: 'c' },
    },
    'refused',
  ],
] as const)('%s writes nothing and stops later stages', async (_name, action, kind) => {
  const { outcomes, log } = await run([...stage(action), ...stage(create('b'))]);
  expect(kinds(outcomes)).toEqual([kind, 'skipped']);
  expect(log).toEqual([]);
});

describe('recreate', () => {
  const action: Action = {
    kind: 'recreate',
    ref: refOf(named('a')),
    object: named('a'),
    uid: 'old',
    reason: 'r',
  };

  test('deletes the incarnation, then applies', async () => {
    const { outcomes, log } = await run(stage(action));
    expect(kinds(outcomes)).toEqual(['done']);
    expect(log).toEqual(['delete old a', 'apply a', 'observe a new']);
  });

  test('waits for one that is held by finalizers', async () => {
    const held = {
      ...named('a'),
      metadata: { ...named('a').metadata, uid: 'old', deletionTimestamp: '2030-01-01T00:00:00Z' },
    };
    const { outcomes } = await run(stage(action), { a: [named('a'), held] });
    expect(outcomes[0]).toMatchObject({
      kind: 'waiting',
      reason: 'ConfigMap calico-system/a is still being deleted',
    });
  });
});

describe('delete', () => {
  const remove = (lingers: boolean): Action => ({
    kind: 'delete',
    ref: refOf(named('a')),
    uid: 'u',
    reason: 'r',
    lingers,
  });

  test('tells the stores at once, but for what lingers', async () => {
    expect((await run(stage(remove(false)))).log).toEqual(['delete u a', 'gone a u']);
    expect((await run(stage(remove(true)))).log).toEqual(['delete u a']);
  });

  test('what is gone is done, another incarnation is left alone', async () => {
    expect(kinds((await run(stage(remove(false)), { a: [status(404, 'NotFound')] })).outcomes)).toEqual([
      'done',
    ]);
    expect(kinds((await run(stage(remove(false)), { a: [status(409, 'Conflict')] })).outcomes)).toEqual([
      'waiting',
    ]);
  });
});

test.each(['Conflict', 'AlreadyExists'])(
  'a meeting of two writers (%s) is tried once more',
  async (reason) => {
    expect(kinds((await run(stage(create('a')), { a: [status(409, reason)] })).outcomes)).toEqual(['done']);
    expect(
      kinds((await run(stage(create('a')), { a: [status(409, reason), status(409, reason)] })).outcomes),
    ).toEqual(['failed']);
  },
);

test('an abort skips what is left', async () => {
  const controller = new AbortController();
  controller.abort();
  const { outcomes, log } = await run(stage(create('a')), {}, controller.signal);
  expect(kinds(outcomes)).toEqual(['skipped']);
  expect(log).toEqual([]);
});

describe('what a failure tells', () => {
  const failure = async (error: Error) => summarize((await run(stage(create('a')), { a: [error] })).outcomes);

  test.each([
    [
      status(403, 'Forbidden'),
      'PermissionDenied',
      'needs create and patch on configmaps of the core group in namespace calico-system',
    ],
    [
      status(404, 'NotFound'),
      'ResourceCreateError',
      'lacks namespace calico-system or the resource configmaps',
    ],
    [status(422, 'Invalid'), 'ResourceCreateError', 'correct the field named above'],
    [
      new StatusError('spec.x: field is immutable', { code: 422, reason: 'Invalid' }),
      'ResourceCreateError',
      'delete the object',
    ],
    [new Error('socket'), 'ResourceCreateError', 'ConfigMap calico-system/a: socket'],
  ])('%s', async (error, reason, text) => {
    const { problems, waiting } = await failure(error);
    expect(waiting).toEqual([]);
    expect(problems).toEqual([{ reason, message: expect.stringContaining(text) }]);
  });

  test('the binding of Docker Enterprise has its rights in a file of its own', () => {
    const ref = { resource: resources.ClusterRoleBinding, name: 'calico-cluster-admin' };
    const { message } = applyError({ ...create('a'), ref }, status(403, 'Forbidden'));
    expect(message).toContain('apply deploy/manifests/docker-enterprise.yaml of this release');
  });

  test('a namespace that is being deleted is waited for', async () => {
    const { problems, waiting } = await failure(
      status(403, 'Forbidden', [{ reason: 'NamespaceTerminating' }]),
    );
    expect(problems).toEqual([]);
    expect(waiting).toEqual([
      {
        reason: 'ResourceNotReady',
        message: expect.stringContaining('Namespace calico-system is being deleted'),
      },
    ]);
  });
});

test('what an operator before us owned is taken over before the apply, and a failure there stops it', async () => {
  const { kind: _, ...rest } = create('a') as Extract<Action, { kind: 'create' }>;
  const first: Action = { ...rest, kind: 'apply', differences: [], takeOver: true };
  const plan: Plan = [{ name: 'workload', actions: [first] }];
  expect((await run(plan)).log.slice(0, 2)).toEqual(['patch a', 'apply a']);
  const refused = await run(plan, { a: [status(409, 'Conflict')] });
  expect(refused.log).toEqual(['patch a']);
  expect(refused.outcomes).toMatchObject([{ kind: 'failed' }]);
});
