import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const main = join(import.meta.dirname, 'main.ts');
const installation = JSON.stringify({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
});
/** Tells every module that is loaded. */
const tellModules =
  'data:text/javascript,import {registerHooks} from "node:module";' +
  'registerHooks({load(url,context,next){process.stderr.write(`loaded ${url}\\n`);return next(url,context)}})';

function start(args: readonly string[], input = '', nodeFlags: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeFlags, main, ...args], {
    input,
    encoding: 'utf8',
    // Without the test's own KUBECONFIG and flags for Node.
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return { code: status, stdout, stderr };
}

describe('exit codes', () => {
  test.each([
    [[], 0, /^Usage: calico-operator COMMAND/, /^$/],
    [['help', 'render'], 0, /^Usage: calico-operator render/, /^$/],
    [['--version'], 0, /^calico-operator +\d+\.\d+\.\d+/, /^$/],
    [['help', 'aws-security-groups'], 0, /^Usage: calico-operator aws-security-groups/, /^$/],
    [['--aws-sg-setup', '--help'], 0, /^Usage: calico-operator aws-security-groups/, /^$/],
    [['rendr'], 2, /^$/, /^unknown command "rendr": did you mean "calico-operator render"\?/],
    [['run', '--manage-crd'], 2, /^$/, /did you mean --manage-crds\?/],
    [['run', '--namespace=calico-system'], 2, /^$/, /^the operator cannot run in namespace calico-system/],
    [['status'], 2, /^$/, /^no cluster: neither --kubeconfig nor KUBECONFIG is set.*Pass --kubeconfig FILE/],
    [['render', '-f', '-'], 1, /^$/, /^standard input: no Installation named default/],
  ])('%j: %d', (args, code, stdout, stderr) => {
    expect(start(args)).toEqual({
      code,
      stdout: expect.stringMatching(stdout) as unknown,
      stderr: expect.stringMatching(stderr) as unknown,
    });
  });

  test('render prints to standard output what it reads from standard input', () => {
    const { code, stdout, stderr } = start(['render', '-f', '-'], installation);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('kind: DaemonSet\nmetadata:\n  name: calico-node\n');
  });
});

describe('no command pays for another’s libraries', () => {
  const loaded = (...args: readonly string[]): string =>
    start(args, installation, ['--import', tellModules]).stderr;

  test('version loads none', () => {
    const modules = loaded('version');
    expect(modules).toContain('src/commands/version.ts');
    expect(modules).not.toMatch(/node_modules|render\.ts|status\.ts/);
  });

  test('render does not load what speaks with a cluster', () => {
    const modules = loaded('render', '-f', '-');
    expect(modules).toContain('src/commands/render/render.ts');
    expect(modules).not.toMatch(
      /node_modules\/(@kubernetes|undici|pino|prom-client)|src\/kube\/(client|transport)/,
    );
  });
});
