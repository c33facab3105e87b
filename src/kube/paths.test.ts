import { describe, expect, test } from '@jest/globals';
import { resources } from '../api/resources.ts';
import { resourcePath } from './paths.ts';

describe('resourcePath', () => {
  test.each([
    [{ resource: resources.Node }, {}, '/api/v1/nodes'],
    [{ resource: resources.Secret, namespace: 'a', name: 'b' }, {}, '/api/v1/namespaces/a/secrets/b'],
    [{ resource: resources.Pod }, { limit: 250, continue: undefined }, '/api/v1/pods?limit=250'],
    [
      { resource: resources.DaemonSet, namespace: 'a', name: 'b', subresource: 'status' },
      { force: true, fieldManager: 'calico-operator/x' },
      '/apis/apps/v1/namespaces/a/daemonsets/b/status?force=true&fieldManager=calico-operator%2Fx',
    ],
    [
      { resource: resources.ClusterRole, name: 'Admin:Foo/bar' },
      {},
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/Admin%3AFoo%2Fbar',
    ],
  ])('%#', (place, query, path) => {
    expect(resourcePath(place, query)).toBe(path);
  });

  test('an object without its namespace, or with one too many, is a mistake', () => {
    expect(() => resourcePath({ resource: resources.Secret, name: 'b' })).toThrow(
      'Secret b is addressed without',
    );
    expect(() => resourcePath({ resource: resources.Node, namespace: 'a', name: 'b' })).toThrow(
      'Node b is cluster-scoped',
    );
  });
});
