import { describe, expect, test } from '@jest/globals';
import type { KubeObject, ManagedFieldsEntry } from '../api/kubernetes.ts';
import { refOf } from './refs.ts';
import { standaloneAnnotation, takeOver, takenOver } from './take-over.ts';

const manager = 'calico-operator/installation';
const entry = (
  name: string,
  fieldsV1: object,
  more: Partial<ManagedFieldsEntry> = {},
): ManagedFieldsEntry => ({
  manager: name,
  operation: 'Update',
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const object = (...managedFields: readonly ManagedFieldsEntry[]): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'calico-node', namespace: 'calico-system', resourceVersion: '7', managedFields },
});

const spec = { 'f:spec': { 'f:template': { 'f:spec': {} } } };
const labels = { 'f:metadata': { 'f:labels': {} }, 'f:spec': { 'f:selector': {} } };
const kubectl = entry('kubectl-edit', { 'f:spec': { 'f:minReadySeconds': {} } });
const status = entry('operator', { 'f:status': {} }, { subresource: 'status' });

describe('managers', () => {
  test('of an earlier operator become ours, all in one, and nobody else is touched', () => {
    const live = object(entry('operator', spec), kubectl, entry('tigera-operator', labels), status);
    const all = {
      'f:metadata': { 'f:labels': {} },
      'f:spec': { 'f:template': { 'f:spec': {} }, 'f:selector': {} },
    };
    expect(takenOver(live, manager)).toEqual([kubectl, status, entry(manager, all, { operation: 'Apply' })]);
  });

  test.each([
    ['nobody', []],
    ['users and controllers', [kubectl, entry('kube-controller-manager', spec)]],
    ['an operator that applies', [entry('operator', spec, { operation: 'Apply' })]],
    ['an operator that wrote the status', [status]],
  ])('of %s stay', (_name, entries) => {
    expect(takenOver(object(...entries), manager)).toBeUndefined();
  });
});

test('of a standalone manifest everybody but controllers is followed, we ourselves included', () => {
  const controller = entry('kube-controller-manager', { 'f:metadata': { 'f:annotations': {} } });
  const applied = entry('kubectl', labels, { operation: 'Apply' });
  const ours = entry(manager, { 'f:spec': { 'f:selector': {} } }, { operation: 'Apply' });
  const live = object(applied, kubectl, controller, status, ours);
  const marked = {
    ...live,
    metadata: { ...live.metadata, annotations: { [standaloneAnnotation]: '0.1.0' } },
  };
  const all = { 'f:metadata': { 'f:labels': {} }, 'f:spec': { 'f:selector': {}, 'f:minReadySeconds': {} } };
  expect(takenOver(marked, manager)).toEqual([
    controller,
    status,
    entry(manager, all, { operation: 'Apply' }),
  ]);
});

async function requestsFor(live: KubeObject): Promise<readonly object[]> {
  const patches: object[] = [];
  const client = {
    mergePatch: (_ref: unknown, patch: object) => {
      patches.push(patch);
      return Promise.resolve(live);
    },
  };
  await takeOver(refOf(live), { client, manager, signal: new AbortController().signal });
  return patches;
}

test('managers are written only if they change, and only for what was seen', async () => {
  expect(await requestsFor(object(kubectl))).toEqual([{}]);
  const live = object(entry('operator', spec));
  const managedFields = takenOver(live, manager);
  expect(await requestsFor(live)).toEqual([{}, { metadata: { resourceVersion: '7', managedFields } }]);
});
