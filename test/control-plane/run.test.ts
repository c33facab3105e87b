/** `npm test` as a process. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  '%s ends it, also when it reaches only this process: no further tier begins',
  async (signal, exitCode) => {
    // No test of that name: what would run nevertheless runs nothing.
    const args = [join(repository, 'test/run.ts'), 'tools', 'control-plane', '-t', 'no test has this name'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Running one project')) child.kill(signal);
    });
    // Jest writes to the same place: it has to have ended, too.
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    expect([code, said]).toEqual([exitCode, expect.not.stringContaining('▶ control-plane')]);
  },
);
