import { expect, test } from '@jest/globals';
import { inputFor, findObject } from '../fixtures.ts';
import type { Deployment } from '../../api/kubernetes.ts';
import { render } from '../render.ts';
import { progressDeadline } from './workload.ts';

test.each<[number | undefined, number, number]>([
  [undefined, 0, 600],
  [599, 0, 600],
  [600, 0, 1200],
  [undefined, 1000, 1200],
  [1300, 1000, 1900],
  [undefined, 2 ** 40, 2 ** 31 - 1],
  [2 ** 31 - 2, 0, 2 ** 31 - 1],
])('pods that settle for %s s and leave within %s s have %s s', (minReadySeconds, gracePeriod, deadline) => {
  const spec = minReadySeconds === undefined ? {} : { minReadySeconds };
  expect(progressDeadline(spec, gracePeriod)).toBe(deadline);
});

test('every Deployment gives its pods longer than they must settle: the API server asks for that', () => {
  const settling = { spec: { minReadySeconds: 900 } };
  const objects = render(
    inputFor({
      typha: { mode: 'Always' },
      typhaDeployment: settling,
      calicoKubeControllersDeployment: settling,
    }),
  );
  for (const name of ['calico-typha', 'calico-kube-controllers']) {
    const deployment = findObject<Deployment>(objects, 'Deployment', name);
    expect(deployment.spec).toMatchObject({ minReadySeconds: 900, progressDeadlineSeconds: 1500 });
  }
});
