import { describe, expect, test } from '@jest/globals';
import type { ConfigMap, KubeObject } from '../api/kubernetes.ts';
import { resources } from '../api/resources.ts';
import { silentLogger } from '../telemetry/types.ts';
import { ownManagers } from './entry.ts';
import { silentCacheObserver } from './observer.ts';
import { WatchedStore } from './store.ts';
import type { WatchSpec } from './types.ts';

const object = (name: string, uid: string, version: number, value = 'x', deleting = false): KubeObject => {
  const metadata = {
    name,
    namespace: 'n',
    uid,
    resourceVersion: String(version),
    ...(deleting ? { deletionTimestamp: '2030-01-01T00:00:00Z' } : {}),
  };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } } as KubeObject;
};

const make = (more: Partial<WatchSpec<string>> = {}) => {
  const errors: unknown[] = [];
  const store = new WatchedStore<string>(
    {
      selection: { resource: resources.ConfigMap, namespace: 'n' },
      project: (o) => `${o.metadata.uid}:${(o as ConfigMap).data?.['value']}`,
      equal: (a, b) => a === b,
      ...more,
    },
    {
      name: 'configmaps n',
      logger: { ...silentLogger, error: (_, fields) => errors.push(fields?.['key']) },
      observer: silentCacheObserver,
      keepManagedFields: ownManagers,
    },
  );
  const changed: string[] = [];
  store.onChange((key) => changed.push(key));
  const list = (version: number, objects: readonly KubeObject[], consistent = true): void => {
    store.accept({ kind: 'init', consistent });
    for (const o of objects) store.accept({ kind: 'init-put', entry: store.decode(o) });
    store.accept({ kind: 'init-done', resourceVersion: String(version) });
  };
  const put = (o: KubeObject): void => store.accept({ kind: 'put', entry: store.decode(o) });
  const drop = (o: KubeObject): void => store.accept({ kind: 'drop', entry: store.decode(o) });
  /** What changed since the last look. */
  const news = (): readonly string[] => changed.splice(0);
  return { store, errors, list, put, drop, news, value: () => store.get('a', 'n') };
};

describe('lists and events', () => {
  test('a list replaces everything at once and tells what differs', () => {
    const { store, list, news } = make();
    expect(store.state).toBe('syncing');
    list(10, [object('a', 'u1', 1), object('b', 'u2', 2)]);
    expect([store.state, store.synced, store.size, news()]).toEqual(
      ['syncing', true, 2, ['n/a', 'n/b']].with(0, 'synced'),
    );
    store.accept({ kind: 'init', consistent: true });
    store.accept({ kind: 'init-put', entry: store.decode(object('c', 'u3', 12)) });
    expect(store.size).toBe(2);
    store.accept({ kind: 'init-put', entry: store.decode(object('a', 'u1', 1)) });
    store.accept({ kind: 'init-done', resourceVersion: '12' });
    expect(news()).toEqual(['n/c', 'n/b']);
    expect(store.list()).toEqual(['u3:x', 'u1:x']);
  });

  test('what was deleted while the list came in is not in it', () => {
    const { store, news } = make();
    store.accept({ kind: 'init', consistent: true });
    store.accept({ kind: 'init-put', entry: store.decode(object('a', 'u1', 1)) });
    store.accept({ kind: 'init-drop', entry: store.decode(object('a', 'u1', 3)) });
    store.accept({ kind: 'init-done', resourceVersion: '3' });
    expect([store.size, news()]).toEqual([0, []]);
  });

  test('equal projections tell nobody, a new incarnation does though it looks the same', () => {
    const { store, list, put, news } = make({ project: () => 'same' });
    list(10, [object('a', 'u1', 1)]);
    news();
    put(object('a', 'u1', 11, 'other'));
    expect(news()).toEqual([]);
    list(20, [object('a', 'u2', 15)]);
    expect([news(), store.size]).toEqual([['n/a'], 1]);
  });

  test('without a comparison every event tells', () => {
    const store = new WatchedStore(
      { selection: { resource: resources.ConfigMap }, project: () => 1 },
      { name: 's', logger: silentLogger, observer: silentCacheObserver, keepManagedFields: ownManagers },
    );
    const changed: string[] = [];
    const unsubscribe = store.onChange((key) => changed.push(key));
    store.accept({ kind: 'put', entry: store.decode(object('a', 'u1', 1)) });
    store.accept({ kind: 'put', entry: store.decode(object('a', 'u1', 2)) });
    unsubscribe();
    store.accept({ kind: 'put', entry: store.decode(object('a', 'u1', 3)) });
    expect(changed).toEqual(['n/a', 'n/a']);
  });

  test('what is listed is collected once, until something changes', () => {
    const { store, list, put, drop } = make();
    list(1, [object('a', 'u', 1)]);
    const listed = store.list();
    expect(listed).toEqual(['u:x']);
    put(object('a', 'u', 2));
    expect(store.list()).toBe(listed);
    put(object('a', 'u', 3, 'y'));
    expect(store.list()).toEqual(['u:y']);
    put(object('b', 'v', 4));
    drop(object('a', 'u', 5));
    expect(store.list()).toEqual(['v:x']);
    expect(listed).toEqual(['u:x']);
  });

  test('a listener that throws harms no other', () => {
    const { store, put, errors, news } = make();
    store.onChange(() => {
      throw new Error('x');
    });
    const after: string[] = [];
    store.onChange((key) => after.push(key));
    put(object('a', 'u1', 1));
    expect([errors, after, news()]).toEqual([['n/a'], ['n/a'], ['n/a']]);
  });

  test('of managedFields only our own are kept, and the object is left alone', () => {
    const { store } = make({ project: (o) => JSON.stringify(o.metadata.managedFields) });
    const managedFields = [{ manager: 'kubectl' }, { manager: 'calico-operator/x' }, {}];
    const original = object('a', 'u1', 1);
    const full = { ...original, metadata: { ...original.metadata, managedFields } };
    expect(store.decode(full).item).toBe('[{"manager":"calico-operator/x"}]');
    expect(full.metadata.managedFields).toHaveLength(3);
    expect(store.decode(original).item).toBeUndefined();
  });
});

describe('our own writes', () => {
  test('are seen at once, and older news from the watch do not undo them', () => {
    const { store, list, put, news, value } = make();
    list(10, [object('a', 'u1', 5, 'old')]);
    news();
    store.observe(object('a', 'u1', 20, 'written'));
    expect([value(), news()]).toEqual(['u1:written', ['n/a']]);
    put(object('a', 'u1', 15, 'older'));
    put(object('a', 'u1', 20, 'written'));
    expect([value(), news()]).toEqual(['u1:written', []]);
    put(object('a', 'u1', 100, 'newer'));
    expect([value(), news()]).toEqual(['u1:newer', ['n/a']]);
  });

  test('are ignored when the watch knows better', () => {
    const { store, list, put, drop, value } = make();
    list(10, []);
    put(object('a', 'u1', 20, 'newer'));
    store.observe(object('a', 'u1', 15, 'late'));
    expect(value()).toBe('u1:newer');
    drop(object('a', 'u1', 30));
    store.observe(object('a', 'u1', 20, 'late'));
    expect(value()).toBeUndefined();
    store.accept({ kind: 'progress', resourceVersion: '50' });
    store.observe(object('a', 'u2', 45, 'late'));
    expect(value()).toBeUndefined();
    store.observe(object('a', 'u2', 51, 'new'));
    expect(value()).toBe('u2:new');
  });

  test('compare as integers', () => {
    const { store, list, value } = make();
    list(99, [object('a', 'u1', 99, 'old')]);
    store.observe(object('a', 'u1', 100, 'new'));
    expect(value()).toBe('u1:new');
  });

  test('made while a list is on its way outlive it, unless it is newer', () => {
    const { store, value } = make();
    for (const [version, expected] of [
      [18, 'u1:written'],
      [25, undefined],
    ] as const) {
      store.accept({ kind: 'init', consistent: true });
      store.observe(object('a', 'u1', 20, 'written'));
      store.accept({ kind: 'init-done', resourceVersion: String(version) });
      expect(value()).toBe(expected);
    }
  });

  test('made before an up-to-date list are in it or were undone; any other list may lack them', () => {
    const { store, list, value } = make();
    list(10, []);
    store.observe(object('a', 'u1', 20));
    list(15, [], false);
    expect(value()).toBe('u1:x');
    list(15, []);
    expect(value()).toBeUndefined();
  });

  test('belong to the selection or are not taken in', () => {
    const labelSelector = 'app=x';
    const { store } = make({ selection: { resource: resources.ConfigMap, namespace: 'n', labelSelector } });
    store.observe(object('a', 'u1', 20));
    const { store: elsewhere } = make({ selection: { resource: resources.ConfigMap, namespace: 'other' } });
    elsewhere.observe(object('a', 'u1', 20));
    expect([store.size, elsewhere.size]).toEqual([0, 0]);
  });
});

describe('our own deletes', () => {
  test('are seen at once, and late news of the deleted do not bring it back', () => {
    const { store, list, put, drop, news, value } = make();
    list(10, [object('a', 'u1', 5)]);
    news();
    store.observeDeleted('a', 'n', 'u1');
    expect([value(), news()]).toEqual([undefined, ['n/a']]);
    put(object('a', 'u1', 12));
    store.observe(object('a', 'u1', 13));
    expect([value(), news()]).toEqual([undefined, []]);
    drop(object('a', 'u1', 14));
    expect(news()).toEqual([]);
    put(object('a', 'u2', 15));
    expect([value(), news()]).toEqual(['u2:x', ['n/a']]);
  });

  test('do not touch the next incarnation', () => {
    const { store, list, drop, value } = make();
    list(10, [object('a', 'u1', 5)]);
    store.observeDeleted('a', 'n', 'u1');
    store.observe(object('a', 'u2', 12));
    store.observeDeleted('a', 'n', 'u1');
    drop(object('a', 'u1', 11));
    expect(value()).toBe('u2:x');
    store.observeDeleted('a', 'n', undefined);
    expect(value()).toBe('u2:x');
  });

  test('of an object that was not known yet', () => {
    const { store, list, put, value } = make();
    list(10, []);
    store.observeDeleted('a', 'n', 'u1');
    put(object('a', 'u1', 12));
    expect(value()).toBeUndefined();
    put(object('a', 'u2', 13));
    expect(value()).toBe('u2:x');
  });

  test('an object that waits for its finalizers is still there', () => {
    const { store, list, put, drop, value } = make();
    list(10, [object('a', 'u1', 5)]);
    store.observeDeleted('a', 'n', 'u1');
    put(object('a', 'u1', 12, 'x', true));
    expect(value()).toBe('u1:x');
    drop(object('a', 'u1', 13));
    expect(value()).toBeUndefined();
  });

  test('a list made before the delete does not bring it back, one made after it ends the matter', () => {
    const { store, list, put, value } = make();
    list(10, [object('a', 'u1', 5)]);
    store.observeDeleted('a', 'n', 'u1');
    list(11, [object('a', 'u1', 5)], false);
    expect(value()).toBeUndefined();
    put(object('a', 'u1', 12));
    expect(value()).toBeUndefined();
    list(20, []);
    put(object('a', 'u1', 21));
    expect(value()).toBe('u1:x');
  });
});

test('listeners of the state hear when a store can not be read any more, and when it can be again', () => {
  const { store, list } = make();
  const heard: string[] = [];
  store.onState(() => heard.push(store.state));
  const health = (value: 'ok' | 'failing' | 'missing' | 'forbidden'): void =>
    store.accept({ kind: 'health', health: value, message: '' });
  list(10, []);
  for (const value of ['ok', 'failing', 'ok', 'missing', 'forbidden', 'ok'] as const) health(value);
  expect(heard).toEqual(['missing', 'forbidden', 'synced']);
});
