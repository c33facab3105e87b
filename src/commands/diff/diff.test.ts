import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../clock.ts';
import { kubeconfigFor, testConsole } from '../testing.ts';
import { runDiff } from './diff.ts';

async function diff(input: string, ...args: readonly string[]) {
  const console = testConsole(input, { clock: systemClock });
  const code = await runDiff(args, console);
  return { code, output: console.output(), errors: console.errors() };
}

const installation = (spec: string): string =>
  `apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata:\n  name: default\nspec: ${spec}\n`;

test('help tells what the exit codes mean', async () => {
  const { code, output } = await diff('', '--help');
  expect(code).toBe(0);
  expect(output).toMatch(/^Usage: calico-operator diff .*Exit code: 0 no difference, 1 differences, 2 .*3 /s);
});

test('flags that are wrong, and files that cannot be read: exit code 2', async () => {
  expect(await diff('', '--kubeconfg=x')).toMatchObject({ code: 2, output: '' });
  expect(await diff('', '-f', '/does/not/exist')).toMatchObject({
    code: 2,
    errors: [expect.stringMatching(/^\/does\/not\/exist: the file cannot be read \(ENOENT\)/)],
  });
});

test('a file without an Installation says so, before any cluster is asked', async () => {
  const { code, errors } = await diff('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', '-f', '-');
  expect({ code, errors }).toEqual({
    code: 3,
    errors: [expect.stringMatching(/^standard input: no Installation among 1 objects\. Add one: /)],
  });
});

test('mistakes against the schema come with file and line: exit code 3', async () => {
  const { code, output, errors } = await diff(
    installation('{nodeMetricsPort: many}'),
    '-f',
    '-',
    '-o',
    'json',
  );
  expect(code).toBe(3);
  expect(errors).toEqual([
    expect.stringMatching(/^-:5: Installation default: spec\.nodeMetricsPort "many": /),
  ]);
  expect(JSON.parse(output)).toMatchObject({
    result: 'refused',
    refusals: [{ field: 'spec.nodeMetricsPort', value: 'many' }],
    warnings: [],
  });
});

test('no cluster: exit code 2 and the cure', async () => {
  const { code, output, errors } = await diff(installation('{}'), '-f', '-');
  expect({ code, output }).toEqual({ code: 2, output: '' });
  expect(errors.join('\n')).toMatch(
    /no cluster: neither --kubeconfig nor KUBECONFIG is set.*Pass --kubeconfig/,
  );
});

test('an API server that answers with anything unforeseen is no difference: exit code 2', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(418, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', status: 'Failure', message: 'a teapot', code: 418 }));
  });
  const directory = mkdtempSync(join(tmpdir(), 'calico-operator-diff-'));
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const kubeconfig = join(directory, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigFor(port));
    const { code, output, errors } = await diff('', '--kubeconfig', kubeconfig);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toEqual([expect.stringMatching(/a teapot/)]);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  }
});
