import { expect, test } from '@jest/globals';
import { resources } from '../api/resources.ts';
import { selects } from './selection.ts';

const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'n', labels: { app: 'x', empty: '' } },
};

test.each([
  [{}, true],
  [{ namespace: 'n' }, true],
  [{ namespace: 'm' }, false],
  [{ fieldSelector: 'metadata.name=a' }, true],
  [{ fieldSelector: 'metadata.name=b' }, false],
  [{ fieldSelector: 'metadata.name!=b,metadata.namespace=n' }, true],
  [{ fieldSelector: 'spec.unschedulable=false' }, undefined],
  [{ fieldSelector: 'spec.unschedulable=false,metadata.name=b' }, false],
  [{ labelSelector: 'app=x' }, true],
  [{ labelSelector: 'app==x, empty=' }, true],
  [{ labelSelector: 'app=y' }, false],
  [{ labelSelector: 'app' }, true],
  [{ labelSelector: '!app' }, false],
  [{ labelSelector: '!other,other!=x' }, true],
  [{ labelSelector: 'app in (x,y)' }, undefined],
])('%j', (selection, expected) => {
  expect(selects({ resource: resources.ConfigMap, ...selection }, object)).toBe(expected);
});
