/**
 * The generated campaign against a real API server: what the offline judge takes for granted. Admission says the same of
 * every spec, and takes every object that is rendered.
 */
import { beforeAll, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import { type ResourceType, resources } from '../../src/api/resources.ts';
import { resourcePath } from '../../src/kube/paths.ts';
import { admissionMistakes, judgeStored } from '../campaign/judge.ts';
import { objectMistakes } from '../campaign/kubernetes/object-mistakes.ts';
import type { Fields } from '../campaign/leaves.ts';
import { isRepeated, leaves, type Scenario, scenarioOf } from '../campaign/scenarios.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { describeObject, installation, installationPath, operatorInstalled } from './harness.ts';

const cluster = useFreshCluster(operatorInstalled);

const scenarios: readonly Scenario[] = leaves.filter((leaf) => !isRepeated(leaf)).map(scenarioOf);

const specs: ReadonlyMap<string, { readonly scenario: Scenario; readonly spec: Fields }> = new Map(
  scenarios.flatMap((scenario) =>
    scenario.specs.map((spec) => [JSON.stringify(spec), { scenario, spec }] as const),
  ),
);

/** What the API server answers; undefined if it takes the object. */
const dryRun = (path: string, object: object): Promise<string | undefined> =>
  cluster()
    .api.request('PATCH', `${path}?force=true&fieldManager=campaign&dryRun=All&fieldValidation=Strict`, {
      json: object,
      contentType: 'application/apply-patch+yaml',
    })
    .then(() => undefined, String);

/** Some at a time: answers in the order of the items. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += 24) {
    results.push(...(await Promise.all(items.slice(from, from + 24).map(work))));
  }
  return results;
}

beforeAll(() => cluster().api.create('/api/v1/namespaces', { metadata: { name: 'calico-system' } }));

test('the API server admits exactly the specs that the offline check admits', async () => {
  const differences = await inTurns([...specs.values()], async ({ scenario, spec }) => {
    const offline = admissionMistakes(spec);
    const server = await dryRun(installationPath, installation(spec));
    if ((server === undefined) === (offline.length === 0)) return [];
    const said = server === undefined ? `admitted, offline: ${offline.join('; ')}` : server;
    return [`${scenario.name}: ${said.slice(0, 600)} ${JSON.stringify(spec).slice(0, 400)}`];
  });
  expect(specs.size).toBeGreaterThan(1500);
  expect(differences.flat()).toEqual([]);
});

test('the API server takes every object that is rendered', async () => {
  const objects = new Map<string, KubeObject>();
  for (const { scenario, spec } of specs.values()) {
    if (admissionMistakes(spec).length > 0) continue;
    const judgement = judgeStored(scenario.world, spec);
    if (judgement.kind !== 'rendered') continue;
    // What Calico's own API server takes is not for this one to judge.
    for (const { object } of judgement.desired)
      if (object.apiVersion !== 'projectcalico.org/v3') objects.set(JSON.stringify(object), object);
  }
  const refused = await inTurns([...objects.values()], async (object) => {
    const answer = await dryRun(pathOf(object), object);
    const offline = objectMistakes(object);
    if (answer === undefined && offline.length > 0) return [`taken, offline: ${offline.join('; ')}`];
    return answer === undefined ? [] : [`${describeObject(object)}: ${answer.slice(0, 500)}`];
  });
  expect(objects.size).toBeGreaterThan(800);
  expect(refused.flat()).toEqual([]);
});

const byKind: ReadonlyMap<string, ResourceType> = new Map(
  Object.values(resources).map((resource) => [resource.kind, resource]),
);

function pathOf({ kind, metadata: { name, namespace } }: KubeObject): string {
  const resource = byKind.get(kind);
  if (resource === undefined) throw new Error(`${kind} is not a kind that is made`);
  return resourcePath({ resource, name, namespace });
}
