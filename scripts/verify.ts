/** `npm run verify`: everything that can be checked without running the program. Non-zero when anything fails. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Check, describeOutcome, runChecks } from './verify/checks.ts';

const checks: readonly Check[] = [
  // The longest first.
  {
    name: 'lint',
    args: ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'],
    cure: 'npm run lint shows the same; some are mended by npm run lint -- --fix',
  },
  {
    name: 'types',
    args: ['node_modules/ts7/bin/tsc', '--noEmit'],
    cure: 'npm run types shows the same',
  },
  {
    name: 'generated files',
    args: ['scripts/generate.ts', '--check'],
    cure: 'change the sources in src/api, then npm run generate',
  },
  {
    // Where Helm was built for tests; test/cluster/chart.test.ts checks it in any case.
    name: 'manifests',
    args: ['scripts/manifests.ts', '--check', '--if-built'],
    cure: 'npm run generate:manifests, then npm run generate',
  },
  {
    name: 'format',
    args: ['node_modules/@biomejs/biome/bin/biome', 'format', '.'],
    cure: 'npm run format',
  },
  {
    name: 'licences',
    args: ['scripts/licences.ts'],
    cure: 'choose another library, or have the licence accepted and listed',
  },
];

const outcomes = await runChecks(checks, {
  cwd: join(import.meta.dirname, '..'),
  parallel: availableParallelism(),
  onDone: (outcome) => console.log(describeOutcome(outcome)),
});
if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1;
