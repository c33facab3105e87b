import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { cgroupName } from '../real-node/real-nodes.ts';
import { findProgram } from './packages.ts';

const cgroupsScript = fileURLToPath(new URL('../real-node/cgroups.ts', import.meta.url));

/** A Docker daemon of its own, which sees the files and the network of this machine and leaves nothing behind. */
export interface Docker {
  /** As DOCKER_HOST has it. */
  readonly host: string;
  /** Runs the client. @throws Error with what it said. */
  run(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a daemon beside a control plane, with which it ends at the latest. It has mount and process namespaces of its own,
 * so that its containers and mounts end with it, however it ends; data, socket and images lie in a folder of its own
 * within the control plane's. It has no bridge and no rules: containers use the network of this machine.
 * @throws Error with the end of its log if it does not start
 */
export async function startDocker(controlPlane: ControlPlane): Promise<Docker> {
  // Ended by force, a daemon leaves files in which the next one would find itself.
  const directory = await mkdtemp(join(controlPlane.directory, 'docker-'));
  // That of the machine is for the machine's daemon.
  await writeFile(join(directory, 'daemon.json'), '{}');
  const host = `unix://${join(directory, 'docker.sock')}`;
  const cgroup = cgroupName(directory, 0);
  await controlPlane.runAtEnd(process.execPath, [cgroupsScript, cgroup]);
  const program = await controlPlane.run('dockerd', 'unshare', daemonArguments(directory, host, cgroup), {
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  const run = (...args: readonly string[]): Promise<string> => runClient(host, args);
  await untilAnswers(program, run);
  return {
    host,
    run,
    stop: async () => {
      // Ends unshare, and with it all of its namespace at once.
      await program.stop('SIGKILL');
    },
  };
}

function daemonArguments(directory: string, host: string, cgroup: string): readonly string[] {
  return [
    ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    findProgram('dockerd') ?? 'dockerd',
    ...['--host', host, '--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'pid'), '--config-file', join(directory, 'daemon.json')],
    ...['--containerd-namespace', cgroup, '--containerd-plugins-namespace', `${cgroup}-plugins`],
    ...['--cgroup-parent', `/${cgroup}`, '--bridge=none'],
    ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
  ];
}

async function untilAnswers(program: Program, run: Docker['run']): Promise<void> {
  const giveUp = new AbortController();
  const ended = program.exited().then(() => {
    throw new Error('dockerd ended');
  });
  const answers = eventually(() => run('version').then(() => true), {
    description: 'the Docker daemon to answer',
    signal: giveUp.signal,
  });
  // Whichever loses the race fails later, when nobody listens any more.
  ended.catch(() => undefined);
  answers.catch(() => undefined);
  try {
    await Promise.race([answers, ended]);
  } catch (error) {
    giveUp.abort();
    const log = (await readFile(program.logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-8);
    throw new Error(`Docker does not run here: ${log.join('\n')}`, { cause: error });
  }
}

function runClient(host: string, args: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const env = { ...process.env, DOCKER_HOST: host };
  execFile(
    findProgram('docker') ?? 'docker',
    [...args],
    { env, maxBuffer: 2 ** 26 },
    (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`docker ${args.join(' ')}: ${stderr}${stdout}`, { cause: error }));
    },
  );
  return promise;
}
