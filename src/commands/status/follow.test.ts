import { expect, test } from '@jest/globals';
import { FakeClock } from '../../fake-clock.ts';
import * as examples from './examples.ts';
import type { StatusFacts } from './facts.ts';
import { follow } from './follow.ts';
import { reportStatus, type StatusReport } from './report.ts';

const report = (facts: StatusFacts): StatusReport => reportStatus(facts, examples.now, '1.2.3');

function start(timeout: number) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const scene = { facts: examples.empty, ended: undefined as StatusReport | undefined };
  const done = follow(() => report(scene.facts), { clock, timeout, tell: (line) => lines.push(line) }).then(
    (last) => (scene.ended = last),
  );
  return { clock, lines, scene, done };
}

test('tells changes with their time, until Calico is available', async () => {
  const { clock, lines, scene, done } = start(60_000);
  await clock.advance(2_000);
  scene.facts = examples.installing;
  await clock.advance(1_000);
  expect(scene.ended).toBeUndefined();
  scene.facts = examples.ready;
  await clock.advance(1_000);
  await done;
  expect(scene.ended?.state).toBe('ready');
  expect(lines).toEqual([
    '   0s  Calico is not installed: there is no Installation named default',
    expect.stringMatching(/^ {3}2s {2}Calico is being installed$/),
    expect.stringMatching(/^ {3}2s {2}Progressing: /),
    '   2s  calico-node: 1/3 ready',
    '   3s  Calico v3.32.1 is available',
    '   3s  calico-kube-controllers: 1/1 ready',
    '   3s  calico-node: 3/3 ready',
  ]);
});

test('a look within a second of a change', async () => {
  const { clock, scene, done } = start(60_000);
  await clock.advance(10_000);
  scene.facts = examples.ready;
  await clock.advance(999);
  expect(scene.ended?.state).toBe('ready');
  await done;
});

test('gives up when the time is up, with what it saw last', async () => {
  const { clock, scene, done } = start(5_100);
  await clock.advance(5_099);
  expect(scene.ended).toBeUndefined();
  scene.facts = examples.installing;
  await clock.advance(1);
  expect(scene.ended?.state).toBe('progressing');
  await done;
});

test('what is available needs no waiting', async () => {
  const { clock, scene, done } = start(5_000);
  scene.facts = examples.ready;
  await clock.advance(250);
  await done;
  expect(clock.pending).toBe(0);
});
