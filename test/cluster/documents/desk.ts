/** The place where commands of the documentation run: a folder with the files that they name, and the programs that they call. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { repository } from '../../../scripts/bundle/bundle.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { eventually } from '../../control-plane/eventually.ts';
import { findFreePorts } from '../../control-plane/ports.ts';
import { type Ended, helms, kubectlProgram } from '../clients.ts';
import { buildOperator } from '../operator.ts';
import { makeFiles } from './files.ts';

/** One page's folder. */
export interface Desk {
  /** Runs a command line in bash, to its end. */
  run(command: string): Promise<Ended>;
  /** Starts a command that does not end by itself, and resolves when it serves; it ends with the desk. */
  start(command: string): Promise<void>;
  clear(): Promise<void>;
}

/** Lays out a new folder for commands to a cluster. */
export async function layOut(cluster: ControlPlane): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'calico-operator-documents-'));
  const [port = 0] = await findFreePorts(1);
  await Promise.all([
    writePrograms(join(folder, '.programs'), port),
    writeFiles(folder, await makeFiles()),
    writeFiles(folder, { '.kube/config': await readFile(cluster.kubeconfig, 'utf8') }),
    cp(join(repository, 'deploy'), join(folder, 'deploy'), { recursive: true }),
    symlink(join(repository, 'dist'), join(folder, 'dist')),
  ]);
  const env = {
    PATH: `${join(folder, '.programs')}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    KUBECONFIG: join(folder, '.kube/config'),
    NO_COLOR: '1',
    // As in a shell of somebody who was told to set it.
    PASSWORD: 'secret',
  };
  const stopping: (() => Promise<unknown>)[] = [];
  return {
    run: (command) => runShell(command, { cwd: folder, env }),
    start: async (command) => {
      const args = ['-c', `exec ${command}`];
      const program = await cluster.run('documented', 'bash', args, { cwd: folder, env });
      stopping.push(() => program.stop());
      await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, {
        description: `"${command}" to be ready`,
      });
    },
    clear: async () => {
      await Promise.all(stopping.map((stop) => stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeFiles(folder: string, contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Programs that only read what the others write. Where this machine lacks them, it still counts what writes into them. */
const readers = ['jq', 'openssl'] as const;

const isInstalled = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Helm, kubectl, Node and the operator under the names that people call them by. */
async function writePrograms(folder: string, port: number): Promise<void> {
  const [helm = '', kubectl, bundle] = await Promise.all([
    helms.at(-1)?.program(),
    kubectlProgram(),
    buildOperator(),
  ]);
  // Several operators on this machine would want the same port.
  const node = `case "$*" in *" run "*) set -- "$@" --metrics-address=127.0.0.1:${port};; esac\nexec ${process.execPath} "$@"`;
  const programs = {
    helm: `exec ${helm} "$@"`,
    kubectl: `exec ${kubectl} "$@"`,
    node,
    'calico-operator': `exec ${join(folder, 'node')} ${bundle} "$@"`,
    ...Object.fromEntries(
      readers.filter((name) => !isInstalled(name)).map((name) => [name, 'cat > /dev/null']),
    ),
  };
  for (const [name, script] of Object.entries(programs)) {
    await writeFiles(folder, { [name]: `#!/bin/sh\n${script}\n` });
    await chmod(join(folder, name), 0o755);
  }
}

function runShell(
  command: string,
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  // Its settings are not those of whoever runs the tests.
  const args = ['--norc', '-eu', '-o', 'pipefail', '-c', command];
  const child = execFile('bash', args, { ...options, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
  });
  child.stdin?.end();
  return promise;
}
