import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { ApiClient } from './api-client.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { SupervisorClient } from './supervisor/client.ts';
import type { Program, ProgramOptions, ServiceAccountRef } from './types.ts';

/** Milliseconds that a program has after its signal until it is killed. */
export const stopTimeout = 10_000;
const day = 86_400;

/** Where the output of a program goes. */
export function logFileOf(directory: string, name: string): string {
  return join(directory, 'logs', `${name}.log`);
}

/** Starts a program under the supervisor of that directory. */
export async function runProgram(
  supervisor: SupervisorClient,
  directory: string,
  name: string,
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Program> {
  const { env = process.env, cwd = process.cwd() } = options;
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const request = { name, command, args, env: Object.fromEntries(defined), cwd };
  const { pid } = await supervisor.request('start', request);
  return {
    name,
    pid,
    logFile: logFileOf(directory, name),
    signal: async (signal) => {
      await supervisor.request('signal', { name, signal });
    },
    stop: (signal = 'SIGTERM') => supervisor.request('stop', { name, signal, killAfterMs: stopTimeout }),
    exited: () => supervisor.request('wait', { name }, false),
  };
}

/** Writes a kubeconfig with a new token of a ServiceAccount into the directory. */
export async function writeAccountKubeconfig(
  directory: string,
  api: ApiClient,
  ca: string,
  account: ServiceAccountRef,
  expirationSeconds = day,
): Promise<string> {
  const { namespace, name } = account;
  const request = await api.create<{ status: { token: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } },
  );
  const folder = join(directory, 'kubeconfigs');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${namespace}.${name}`);
  await writeKubeconfig(path, api.url, ca, { token: request.status.token });
  return path;
}
