import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** Mebibytes that a process's heap takes up at most while it makes much garbage, with these lines before. */
async function heapAfter(lines: string): Promise<number> {
  const script = `${lines}
    const live = Array.from({ length: 40_000 }, (_, index) => ({ name: 'node-' + index, parts: { of: [index] } }));
    let most = 0;
    for (let round = 0; round < 60; round += 1) {
      JSON.parse(JSON.stringify(live.slice(0, 10_000)));
      most = Math.max(most, process.memoryUsage().heapTotal);
    }
    console.log(most / 1024 ** 2, live.length);`;
  const options = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', '--input-type=module'];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, '--eval', script]);
  return Number(stdout.split(' ')[0]);
}

test('the heap grows less', async () => {
  const file = JSON.stringify(new URL('memory.ts', import.meta.url).href);
  const [saving, plain] = [
    await heapAfter(`import { saveMemory } from ${file}; saveMemory();`),
    await heapAfter(''),
  ];
  expect(saving / plain).toBeLessThan(0.9);
});
