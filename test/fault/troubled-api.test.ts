import { afterEach, beforeAll, expect, jest, test } from '@jest/globals';

import { useContractWatch } from '../cluster/contract-watch.ts';
import {
  applyInstallation,
  describeRequest,
  operatorInstalled,
  operatorRequests,
  operatorWrites,
  startInstalled,
  startLeader,
  untilQuiet,
  untilReady,
} from '../cluster/harness.ts';
import type { Operator } from '../cluster/operator.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { readEndState } from './end-state.ts';
import { seededRandom, testSeed } from './random.ts';
import { startTroubledApi, type TroubledApi } from './troubled-api.ts';

jest.setTimeout(600_000);

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);

let operator: Operator | undefined;
let troubled: TroubledApi | undefined;
let undisturbed: readonly unknown[];
let requestsUndisturbed: number;

const endState = () => readEndState(cluster().api);

beforeAll(async () => {
  const mark = await cluster().auditLog.mark();
  operator = await startInstalled(cluster());
  undisturbed = await endState();
  requestsUndisturbed = (await operatorRequests(cluster(), mark)).length;
  await operator.stop();
});

afterEach(async () => {
  await operator?.stop();
  await troubled?.stop();
});

test.each([
  ['half a second to the API server, 5 % of answers a failure', { latency: 500, failures: 0.05 }],
  ['every fifth answer a failure', { latency: 0, failures: 0.2 }],
])('%s: the same end, without a storm', async (_, trouble) => {
  await makeFresh(cluster(), operatorInstalled);
  const mark = await cluster().auditLog.mark();
  troubled = await startTroubledApi(cluster(), { ...trouble, random: seededRandom(testSeed) });
  operator = await startLeader(cluster(), { server: troubled.url });
  await applyInstallation(cluster().api);
  await untilReady(cluster().api, 300_000);
  await untilQuiet(cluster(), 15_000);

  expect(await endState()).toEqual(undisturbed);
  const carriedOut = (await operatorRequests(cluster(), mark)).length;
  process.stderr.write(
    `  ${carriedOut} requests and ${troubled.failed()} failures, undisturbed ${requestsUndisturbed} requests\n`,
  );
  expect(troubled.failed()).toBeGreaterThan(0);
  // One more for each that failed, and as many again for what is asked anew after it.
  expect(carriedOut).toBeLessThanOrEqual(requestsUndisturbed + 2 * troubled.failed() + 15);
  const metrics = await (await fetch(`${operator.url}/metrics`)).text();
  const failures = [
    ...metrics.matchAll(/^calico_operator_api_requests_total\{.*code="(?:429|500)"\} (\d+)$/gm),
  ];
  expect(failures.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(troubled.failed());

  const quiet = await cluster().auditLog.mark();
  await untilQuiet(cluster(), 10_000);
  expect((await operatorWrites(cluster(), quiet)).map(describeRequest)).toEqual([]);
});
