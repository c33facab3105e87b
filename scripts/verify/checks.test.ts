import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type CheckOutcome, describeOutcome, runChecks } from './checks.ts';

const script = (name: string, code: string) => ({ name, args: ['-e', code], cure: `mend ${name}` });

test('all run although one fails; each is told of once, the failed one with what it said and the cure', async () => {
  const told: CheckOutcome[] = [];
  const outcomes = await runChecks(
    [
      script('bad', 'console.log("line 7"); console.error("is wrong"); process.exitCode = 3'),
      script('good', 'console.log("hidden")'),
      script('killed', 'process.kill(process.pid, "SIGKILL")'),
    ],
    { cwd: import.meta.dirname, parallel: 2, onDone: (outcome) => told.push(outcome) },
  );
  expect(Object.fromEntries(outcomes.map(({ check, passed }) => [check.name, passed]))).toEqual({
    bad: false,
    good: true,
    killed: false,
  });
  expect(told).toEqual(outcomes);
  const text = Object.fromEntries(outcomes.map((outcome) => [outcome.check.name, describeOutcome(outcome)]));
  expect(text['good']).toMatch(/^ok {6}good +\d+\.\d s$/);
  expect(text['bad']).toMatch(/^FAILED {2}bad +\d+\.\d s\n/);
  for (const part of ['line 7', 'is wrong', '→ mend bad']) expect(text['bad']).toContain(part);
});

test('no more run at the same time than asked for', async () => {
  const file = join(tmpdir(), `overlap-${process.pid}`);
  const overlap = `
    const fs = require('node:fs'), file = ${JSON.stringify(file)};
    if (fs.existsSync(file)) process.exitCode = 1;
    fs.writeFileSync(file, ''); setTimeout(() => fs.rmSync(file), 50);`;
  const outcomes = await runChecks([script('a', overlap), script('b', overlap), script('c', overlap)], {
    cwd: import.meta.dirname,
    parallel: 1,
    onDone: () => undefined,
  });
  expect(outcomes.map(({ passed }) => passed)).toEqual([true, true, true]);
});
