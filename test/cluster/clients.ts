/** The programs that users install with, run against a control plane. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repository } from '../../scripts/bundle/bundle.ts';
import { buildComponents } from '../control-plane/build/build.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { kubernetesVersion } from '../control-plane/build/components.ts';

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const chartDirectory = join(repository, 'deploy', 'chart', 'calico-operator');

/** Paths of the Helms of the cache; each is built first where it is missing. */
export const builtHelms = {
  'Helm 3': () => builtProgram('helm'),
  'Helm 4': () => builtProgram('helm4'),
} as const;

/** The Helms that the chart is tried with: those of the cache, or the one of `CALICO_OPERATOR_TEST_HELM` alone. */
export const helms: readonly Helm[] =
  namedHelm() ?? Object.entries(builtHelms).map(([name, program]) => ({ name, program }));

/** One Helm. */
export interface Helm {
  readonly name: string;
  /** Its path; it is built first where it is missing. */
  readonly program: () => Promise<string>;
}

function namedHelm(): readonly Helm[] | undefined {
  const named = process.env['CALICO_OPERATOR_TEST_HELM'];
  if (named === undefined || named === '') return undefined;
  if (!existsSync(named)) throw new Error(`CALICO_OPERATOR_TEST_HELM is ${named}, and there is no such file`);
  return [{ name: named, program: () => Promise.resolve(named) }];
}

async function builtProgram(name: 'helm' | 'helm4' | 'kubectl'): Promise<string> {
  return (await buildComponents([name], streamProgress()))[name];
}

/** Path of kubectl. */
export const kubectlProgram = (): Promise<string> => builtProgram('kubectl');

/** Runs a program to its end, whatever that is. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly kubeconfig?: string; readonly input?: string } = {},
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    KUBECONFIG: options.kubeconfig ?? '/dev/null',
  };
  const child = execFile(program, [...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
  });
  child.stdin?.end(options.input ?? '');
  return promise;
}

/** The same for what has to succeed. @throws Error with what it wrote. */
export async function succeed(
  program: string,
  args: readonly string[],
  options: Parameters<typeof runProgram>[2] = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stderr}\n${stdout}`);
  return stdout;
}

/** Arguments of `helm template` for the chart. */
export const templateArguments = (...more: readonly string[]): readonly string[] => [
  'template',
  'calico-operator',
  chartDirectory,
  '--namespace=tigera-operator',
  `--kube-version=${kubernetesVersion}`,
  ...more,
];
