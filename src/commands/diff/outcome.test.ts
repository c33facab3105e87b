import { expect, test } from '@jest/globals';
import type { KubeObject } from '../../api/kubernetes.ts';
import { refOf } from '../../apply/refs.ts';
import type { Action } from '../../apply/types.ts';
import { baseOf, changeOf } from './outcome.ts';

const daemonSet = (spec: object, metadata: object = {}): KubeObject =>
  ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'a', ...metadata }, spec }) as KubeObject;
const apply = (object: KubeObject, takeOver: boolean): Action => ({
  kind: 'apply',
  ref: refOf(object),
  object,
  differences: [],
  drift: false,
  ...(takeOver ? { takeOver } : {}),
});
const byTigera = daemonSet(
  { minReadySeconds: 3, revisionHistoryLimit: 4 },
  {
    managedFields: [
      {
        manager: 'operator',
        operation: 'Update',
        fieldsV1: { 'f:spec': { 'f:minReadySeconds': {}, 'f:revisionHistoryLimit': {} } },
      },
    ],
  },
);

test('where a workload is taken over, what the operator before has left and we do not want goes', () => {
  const spec = (takeOver: boolean): unknown => {
    const action = apply(daemonSet({ minReadySeconds: 5 }), takeOver);
    const [change] = changeOf(action, { live: byTigera, base: baseOf(action, byTigera) });
    return (change?.after as unknown as { readonly spec: unknown }).spec;
  };
  expect(spec(true)).toEqual({ minReadySeconds: 5 });
  expect(spec(false)).toEqual({ minReadySeconds: 5, revisionHistoryLimit: 4 });
});

test('an apply after other steps is laid over what is in the cluster, not over what these have added', () => {
  const base = daemonSet({ minReadySeconds: 3 });
  const live = daemonSet({ minReadySeconds: 3, revisionHistoryLimit: 4 });
  expect(changeOf(apply(base, false), { live, base })).toMatchObject([{ after: base }]);
  expect(changeOf(apply(live, false), { live, base })).toEqual([]);
});
