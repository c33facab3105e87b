import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';

/** Something that a sandbox sees at a path: a file or directory of this machine, or without a source an empty tmpfs. */
export interface Mount {
  readonly target: string;
  readonly source?: string;
  readonly directory: boolean;
  readonly readOnly?: boolean;
}

export interface SandboxOptions {
  /** The sandbox whose network it shares; default: a new, empty network. */
  readonly network?: Sandbox;
  readonly mounts: readonly Mount[];
}

export interface ExecOptions {
  /** The whole environment but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** How a command ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const execTimeout = 120_000;
const marker = '/.sandbox';

/**
 * A mount namespace, and a network namespace of its own or shared, whose root is this machine's under a layer that takes
 * all changes: what a container is to its processes. A sleeping process holds it; when that and what runs inside has
 * ended, nothing is left, however it ended.
 */
export class Sandbox {
  readonly name: string;
  readonly #cluster: ControlPlane;
  readonly #holder: Program;

  private constructor(cluster: ControlPlane, name: string, holder: Program) {
    this.#cluster = cluster;
    this.name = name;
    this.#holder = holder;
  }

  static async start(cluster: ControlPlane, name: string, options: SandboxOptions): Promise<Sandbox> {
    const directory = join(cluster.directory, 'sandboxes', name);
    await mkdir(join(directory, 'layer'), { recursive: true });
    const script = join(directory, 'start.sh');
    await writeFile(script, startScript(join(directory, 'layer'), options.mounts));
    const isolate = ['--mount', '--propagation=private', ...(options.network ? [] : ['--net'])];
    const command = ['unshare', ...isolate, 'sh', script];
    const network = options.network?.networkPath;
    if (network !== undefined) command.unshift('nsenter', `--net=${network}`, '--');
    const [program = '', ...args] = command;
    const holder = await cluster.run(name, program, args, { env: { PATH: path }, cwd: '/' });
    const sandbox = new Sandbox(cluster, name, holder);
    await eventually(async () => (await sandbox.exec(['test', '-e', marker])).code === 0, {
      description: `the sandbox ${name} (log: ${holder.logFile})`,
    });
    return sandbox;
  }

  /** Its network namespace, as a file. */
  get networkPath(): string {
    return `/proc/${this.#holder.pid}/ns/net`;
  }

  /** Runs a command to its end, for at most a minute. */
  async exec(command: readonly string[], options: ExecOptions = {}): Promise<Finished> {
    const child = spawn('nsenter', this.#enter(command, options), {
      env: { PATH: path, ...options.env },
      timeout: execTimeout,
    });
    const ended = Promise.withResolvers<number | null>();
    child.on('error', ended.reject).on('close', ended.resolve);
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    const [code, stdout, stderr] = await Promise.all([ended.promise, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  /** Like {@link exec}. @throws Error with what it wrote unless it ends with code 0. Returns its standard output. */
  async succeed(command: readonly string[], options?: ExecOptions): Promise<string> {
    const { code, stdout, stderr } = await this.exec(command, options);
    if (code === 0) return stdout;
    throw new Error(`${this.name}: ${command.join(' ')} ended with code ${code ?? '?'}: ${stderr}${stdout}`);
  }

  /** Starts a program that goes on running. */
  run(name: string, command: readonly string[], options: ExecOptions = {}): Promise<Program> {
    const env = { PATH: path, ...options.env };
    return this.#cluster.run(name, 'nsenter', this.#enter(command, options), { env, cwd: '/' });
  }

  async stop(): Promise<void> {
    await this.#holder.stop('SIGKILL');
  }

  #enter(command: readonly string[], { user }: ExecOptions): readonly string[] {
    const target = ['--target', String(this.#holder.pid), '--net', '--mount', '--root', '--wd'];
    const identity = user ? ['--setuid', String(user.uid), '--setgid', String(user.gid)] : [];
    return [...target, ...identity, '--', ...command];
  }
}

/** Where a sandbox sees this machine's files while it is made. */
const outside = '/.outside';

/** Mount points are made inside of the new root: a link such as /var/run must not lead out of it. */
function startScript(layer: string, mounts: readonly Mount[]): string {
  const root = `${layer}/root`;
  return lines([
    'set -eu',
    `mount -t tmpfs tmpfs ${layer}`,
    `mkdir ${layer}/upper ${layer}/work ${root}`,
    `mount -t overlay overlay -o lowerdir=/,upperdir=${layer}/upper,workdir=${layer}/work ${root}`,
    ...['proc', 'sys', 'dev'].map((name) => `mount --rbind /${name} ${root}/${name}`),
    `mkdir ${root}${outside}`,
    `mount --rbind / ${root}${outside}`,
    `exec chroot ${root} sh -c "$(cat <<'SCRIPT'`,
    'set -eu',
    // A mount point that lies in another mount comes after it.
    ...mounts.toSorted((a, b) => a.target.length - b.target.length).map(mountLine),
    `umount --lazy ${outside}`,
    `touch ${marker}`,
    'exec sleep infinity',
    'SCRIPT',
    ')"',
  ]);
}

function mountLine({ target, source, directory, readOnly }: Mount): string {
  if (source === undefined) return `mkdir -p '${target}' && mount -t tmpfs -o mode=1777 tmpfs '${target}'`;
  const make = directory ? `mkdir -p '${target}'` : `mkdir -p "$(dirname '${target}')" && touch '${target}'`;
  const bind = `mount --rbind '${outside}${source}' '${target}'`;
  return `${make} && ${bind}${readOnly ? ` && mount -o remount,bind,ro '${target}'` : ''}`;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
