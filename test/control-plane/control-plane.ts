import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { buildComponents } from './build/build.ts';
import { controlPlaneComponents } from './build/components.ts';
import type { Progress } from './build/progress.ts';
import { streamProgress } from './build/progress.ts';
import { assetPrograms } from './assets.ts';
import { auditPolicy, egressConfig, filesOf } from './command-lines.ts';
import { startInContainer, useKubeconfig } from './external.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import type { Rung } from './ladder.ts';
import { chooseRung, describeRung } from './ladder.ts';
import { LocalControlPlane } from './local.ts';
import { createPki } from './pki.ts';
import { findFreePorts } from './ports.ts';
import type { State } from './state.ts';
import { readState, writeState } from './state.ts';
import { SupervisorClient } from './supervisor/client.ts';
import type { ControlPlane, Part } from './types.ts';

export type { ControlPlane, Part, Program, ProgramOptions, ServiceAccountRef } from './types.ts';

export interface ControlPlaneOptions {
  /** Empty or absent directory for everything of it; kept at the end. Default: a temporary one that is removed. */
  readonly directory?: string;
  /** Whether KWOK runs; default true. */
  readonly kwok?: boolean;
  /** Further arguments of a part. */
  readonly extraArgs?: State['extraArgs'];
  /** Default: lines on standard error. */
  readonly progress?: Progress;
  /** Decides the rung of the ladder; default this process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Keeps the directory at the end; default: if it was given by name, or `CALICO_OPERATOR_TEST_KEEP` is set. */
  readonly keep?: boolean;
}

/**
 * Starts a control plane by the ladder of `ladder.ts`, building what is missing first. It ends with `stop()`, or with
 * this process however that ends.
 * @throws Error with the end of the log of the part that did not start.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { environment = process.env, progress = streamProgress() } = options;
  const rung = chooseRung(environment);
  switch (rung.kind) {
    case 'kubeconfig':
      progress.note(describeRung(rung));
      return useKubeconfig(rung.path);
    case 'container':
      progress.note(describeRung(rung));
      return startInContainer(rung.image, progress);
    case 'kubebuilder-assets':
    case 'modules':
      return startLocal(rung, options, progress);
  }
}

/** Takes over a control plane that this process started earlier, by its directory. @throws if it does not run. */
export async function attachControlPlane(directory: string): Promise<ControlPlane> {
  const supervisor = await SupervisorClient.connect(directory);
  return new LocalControlPlane(await readState(directory), supervisor);
}

/** Whether temporary directories are to stay, so that logs can be read. */
export function keepFiles(): boolean {
  return Boolean(process.env['CALICO_OPERATOR_TEST_KEEP']);
}

type LocalRung = Extract<Rung, { kind: 'kubebuilder-assets' | 'modules' }>;

async function startLocal(
  rung: LocalRung,
  options: ControlPlaneOptions,
  progress: Progress,
): Promise<ControlPlane> {
  const programs = await findPrograms(rung, progress);
  const { directory, temporary } = await makeDirectory(options.directory);
  const keep = options.keep ?? (!temporary || keepFiles());
  const supervisor = await SupervisorClient.launch(directory, keep);
  const step = progress.start('starting the control plane');
  try {
    const state = await prepare(rung, directory, programs, options);
    const controlPlane = new LocalControlPlane(state, supervisor);
    await controlPlane.start();
    await writeState(state);
    step.done();
    return controlPlane;
  } catch (error) {
    step.failed();
    await supervisor.request('end', null).catch(() => undefined);
    throw error;
  }
}

async function findPrograms(rung: LocalRung, progress: Progress): Promise<State['programs']> {
  switch (rung.kind) {
    case 'modules':
      return buildComponents(controlPlaneComponents, progress);
    case 'kubebuilder-assets': {
      const { programs, missing } = await assetPrograms(rung.directory);
      progress.note(describeRung(rung, missing));
      return programs;
    }
  }
}

async function makeDirectory(given: string | undefined): Promise<{ directory: string; temporary: boolean }> {
  if (given === undefined) {
    return { directory: await mkdtemp(join(tmpdir(), 'calico-operator-')), temporary: true };
  }
  const directory = resolve(given);
  await mkdir(directory, { recursive: true });
  const found = await readdir(directory);
  if (found.length > 0)
    throw new Error(`${directory} is not empty; name a new directory for the control plane`);
  return { directory, temporary: false };
}

async function prepare(
  rung: LocalRung,
  directory: string,
  programs: Partial<Record<Part, string>>,
  options: ControlPlaneOptions,
): Promise<State> {
  const [pki, ports] = await Promise.all([createPki(join(directory, 'pki')), findFreePorts(3)]);
  const [apiServer = 0, etcd = 0, etcdPeer = 0] = ports;
  const files = filesOf(directory, pki);
  const [ca, clientCertificate, clientKey] = await Promise.all(
    [pki.ca, pki.admin, pki.adminKey].map((path) => readFile(path, 'utf8')),
  );
  await Promise.all([
    writeFile(files.auditPolicy, JSON.stringify(auditPolicy)),
    writeFile(files.egressConfig, JSON.stringify(egressConfig(files))),
    writeKubeconfig(files.kubeconfig, `https://127.0.0.1:${apiServer}`, ca ?? '', {
      clientCertificate: clientCertificate ?? '',
      clientKey: clientKey ?? '',
    }),
  ]);
  return {
    rung: rung.kind,
    files,
    ports: { apiServer, etcd, etcdPeer },
    programs,
    kwok: options.kwok ?? true,
    extraArgs: options.extraArgs ?? {},
  };
}
