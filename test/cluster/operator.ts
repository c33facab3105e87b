import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bundle, repository } from '../../scripts/bundle/bundle.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { findFreePorts } from '../control-plane/ports.ts';
import { applyDefinitions, applyManifest, readManifest } from './manifests.ts';

/** The account that the operator runs as, here and in the cluster. */
export const operatorAccount = { namespace: 'tigera-operator', name: 'tigera-operator' } as const;

/** Manifests that a user applies before the operator, in their order. */
const manifests = ['namespace.yaml', 'rbac.yaml'];

/**
 * Installs what the operator needs: every file of crds/, its namespace and its rights. Resolves when the kinds are
 * served. The operator itself is started by {@link startOperator}.
 */
export async function installOperator(controlPlane: ControlPlane): Promise<void> {
  await installCrds(controlPlane.api);
  for (const file of manifests) {
    await applyManifest(controlPlane.api, await readManifest(join(repository, 'deploy', 'manifests', file)));
  }
}

/** Applies every file of crds/, and resolves when the kinds are served. */
export async function installCrds(api: ApiClient): Promise<void> {
  const directory = join(repository, 'crds');
  const files = (await readdir(directory)).filter((file) => file.endsWith('.yaml'));
  const crds = (await Promise.all(files.map((file) => readManifest(join(directory, file))))).flat();
  await applyDefinitions(api, crds);
}

export interface OperatorOptions {
  /** Further flags of `run`, such as `--manage-crds`. */
  readonly args?: readonly string[];
  /** Further environment variables. Of this process's own only PATH is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether dist/calico-operator.mjs runs, made anew once a test file (default), or src/main.ts as it is. */
  readonly program?: 'bundle' | 'source';
  /** Where it finds the API server, if not at the control plane itself: a proxy with the same certificate. */
  readonly server?: string;
  /** Name of the process and of its log; default `operator`. For several at once. */
  readonly name?: string;
}

/** An operator that runs beside the control plane. */
export interface Operator extends Program {
  /** Where /metrics, /healthz and /readyz are, such as `http://127.0.0.1:20001`. */
  readonly url: string;
  /** The kubeconfig of its ServiceAccount. */
  readonly kubeconfig: string;
  /** Resolves when its caches are filled. @throws Error with the end of its log if it ends before. */
  ready(): Promise<void>;
  /** The last lines of its log. */
  logTail(lines?: number): Promise<string>;
}

/**
 * Starts the operator under its own ServiceAccount, on a free port. Needs {@link installOperator} before. Stop it with
 * `stop()`; otherwise it ends with the control plane.
 */
export async function startOperator(
  controlPlane: ControlPlane,
  options: OperatorOptions = {},
): Promise<Operator> {
  const { args = [], env = {}, program = 'bundle', name = 'operator', server } = options;
  const [kubeconfig, [port = 0], file] = await Promise.all([
    controlPlane.kubeconfigFor(operatorAccount),
    findFreePorts(1),
    program === 'bundle' ? buildOperator() : join(repository, 'src', 'main.ts'),
  ]);
  if (server !== undefined) {
    await writeFile(kubeconfig, (await readFile(kubeconfig, 'utf8')).replace(controlPlane.url, server));
  }
  const address = `127.0.0.1:${port}`;
  const started = await controlPlane.run(
    name,
    process.execPath,
    [file, 'run', `--kubeconfig=${kubeconfig}`, `--metrics-address=${address}`, ...args],
    { env: { PATH: process.env['PATH'], HOME: controlPlane.directory, ...env } },
  );
  const url = `http://${address}`;
  const logTail = (lines = 20): Promise<string> => tail(started.logFile, lines);
  return { ...started, url, kubeconfig, logTail, ready: () => waitUntilReady(started, url, logTail) };
}

let building: Promise<string> | undefined;

/** Makes dist/calico-operator.mjs, once however often it is asked for, and answers with its path. */
export function buildOperator(): Promise<string> {
  building ??= makeBundle();
  return building;
}

async function makeBundle(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  const file = join(repository, 'dist', 'calico-operator.mjs');
  // Others may start from the same file at this moment: it is replaced in one go.
  const made = `${file}.${process.pid}`;
  try {
    await bundle({ entry: join(repository, 'src', 'main.ts'), outfile: made, version });
    await rename(made, file);
  } finally {
    await rm(made, { force: true });
  }
  return file;
}

async function waitUntilReady(program: Program, url: string, logTail: () => Promise<string>): Promise<void> {
  const giveUp = new AbortController();
  const ended = program.exited().then(({ code, signal }) => {
    throw new Error(`the operator ended with ${signal ?? `code ${code ?? '?'}`}`);
  });
  const ready = eventually(async () => (await fetch(`${url}/readyz`)).ok, {
    description: `${url}/readyz to answer with 200`,
    signal: giveUp.signal,
  });
  // Whichever loses the race fails later, when nobody listens any more.
  ended.catch(() => undefined);
  ready.catch(() => undefined);
  try {
    await Promise.race([ready, ended]);
  } catch (error) {
    giveUp.abort();
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\nthe end of ${program.logFile}:\n${await logTail()}`, { cause: error });
  }
}

async function tail(file: string, lines: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
