import { expect, test } from '@jest/globals';
import { type FakeStore, fakeWatches } from '../fake-store.fixture.ts';
import { AwsStores } from './stores.ts';

function makeStores(namespace = 'tigera-operator') {
  const { stores, watch } = fakeWatches();
  const aws = new AwsStores(watch, namespace, 'my-operator');
  const of = (kind: string): FakeStore => {
    const found = stores.find(({ selection }) => selection.resource.kind === kind);
    if (found === undefined) throw new Error(kind);
    return found;
  };
  const needed = () =>
    stores.flatMap((store) =>
      store.needed ? [`${store.selection.resource.kind} ${store.selection.namespace ?? ''}`] : [],
    );
  const readAll = () => {
    for (const store of stores) if (store.state === 'syncing') store.read();
  };
  return { aws, of, needed, readAll };
}

const infrastructure = (type: string) => ({
  status: { infrastructureName: 'mine', platformStatus: { type, aws: { region: 'eu-west-1' } } },
});

test('elsewhere nothing is watched', () => {
  const { aws, needed } = makeStores();
  expect(aws.follow(false)).toBe(true);
  expect(needed()).toEqual([]);
  expect(aws.facts(false)).toBeUndefined();
});

test('on OpenShift it is asked whether this is AWS, and only there for all the rest', () => {
  const { aws, of, needed, readAll } = makeStores();
  expect(aws.follow(true)).toBe(false);
  expect(needed()).toEqual(['Infrastructure ']);
  of('Infrastructure').read(infrastructure('Azure'));
  expect(aws.follow(true)).toBe(true);
  expect(needed()).toEqual(['Infrastructure ']);
  expect(aws.facts(false)).toBeUndefined();

  of('Infrastructure').read(infrastructure('AWS'));
  expect(aws.follow(true)).toBe(false);
  expect(needed()).toEqual([
    'Infrastructure ',
    'Deployment tigera-operator',
    'Job tigera-operator',
    'Pod tigera-operator',
    'ServiceAccount tigera-operator',
    'Role tigera-operator',
    'RoleBinding tigera-operator',
    'Role kube-system',
    'RoleBinding kube-system',
  ]);
  readAll();
  expect(aws.follow(true)).toBe(true);
  expect(aws.facts(true)).toEqual({ name: 'mine', region: 'eu-west-1', hosted: true });

  aws.follow(false);
  expect(needed()).toEqual([]);
});

test('what may not be watched is told, and changes nothing of what is wanted', () => {
  const { aws, of, readAll } = makeStores();
  aws.follow(true);
  of('Infrastructure').read(infrastructure('AWS'));
  aws.follow(true);
  readAll();
  of('Job').read(undefined, 'forbidden');
  expect(aws.forbidden.map(({ resource }) => resource.kind)).toEqual(['Job']);
  expect(aws.follow(true)).toBe(true);
  expect(aws.facts(false)).toBeDefined();
});

test('an OpenShift that does not serve the kind is no obstacle', () => {
  const { aws, of } = makeStores();
  aws.follow(true);
  of('Infrastructure').read(undefined, 'missing');
  expect(aws.follow(true)).toBe(true);
  expect(aws.forbidden).toEqual([]);
});

test('the image is that of the operator’s Deployment, and without it that of the Job', () => {
  const { aws, of, readAll } = makeStores();
  aws.follow(true);
  of('Infrastructure').read(infrastructure('AWS'));
  aws.follow(true);
  readAll();
  expect(aws.ownImage).toBeUndefined();
  of('Job').read({ spec: { template: { spec: { containers: [{ image: 'before' }] } } } });
  expect(aws.ownImage?.image).toBe('before');
  of('Deployment').read({
    spec: {
      template: {
        spec: {
          imagePullSecrets: [{ name: 'pull' }],
          containers: [
            { name: 'beside', image: 'other' },
            { name: 'operator', image: 'now', imagePullPolicy: 'Always', args: ['run'] },
          ],
        },
      },
    },
  });
  expect(aws.ownImage).toEqual({ image: 'now', imagePullPolicy: 'Always', imagePullSecrets: ['pull'] });
  expect(of('Deployment').selection.fieldSelector).toBe('metadata.name=my-operator');
});

test('an operator in kube-system watches each Role once', () => {
  const { aws } = makeStores('kube-system');
  expect(aws.owned.map(({ selection }) => selection.resource.kind)).toEqual([
    'Job',
    'ServiceAccount',
    'Role',
    'RoleBinding',
  ]);
});
