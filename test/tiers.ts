import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { chooseRung, k3sImageVariable } from './control-plane/ladder.ts';

/** Tests that need nothing but Node; they run side by side. */
export const fastTiers = ['unit', 'tools', 'reference', 'campaign'] as const;

/** Tests that need a control plane, and some more than that; they run one after the other. */
export const clusterTiers = [
  'control-plane',
  'cluster',
  'fault',
  'demo',
  'operands',
  'real-node',
  'image',
  'gitops',
] as const;

export type FastTier = (typeof fastTiers)[number];
export type ClusterTier = (typeof clusterTiers)[number];
export type Tier = FastTier | ClusterTier;

/** What the command line of `npm test` asks for. */
export interface Selection {
  readonly fast: readonly FastTier[];
  readonly cluster: readonly ClusterTier[];
  /** Handed to jest as they are. */
  readonly jestArguments: readonly string[];
}

/** Splits the arguments: leading names of tiers pick tiers (none picks all), the rest is for jest. */
export function selectTiers(args: readonly string[]): Selection {
  const isTier = (arg: string): boolean => [...fastTiers, ...clusterTiers].some((tier) => tier === arg);
  const end = args.findIndex((arg) => !isTier(arg));
  const picked = end === -1 ? args : args.slice(0, end);
  const wanted = (tier: Tier): boolean => picked.length === 0 || picked.includes(tier);
  return {
    fast: fastTiers.filter(wanted),
    cluster: clusterTiers.filter(wanted),
    jestArguments: args.slice(picked.length),
  };
}

/** What of this machine decides whether a tier can run. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly root: boolean;
  /** Whether this path can be executed. */
  readonly isExecutable: (path: string) => boolean;
}

/** Programs of Calico that the tiers run; a folder with them is named by `CALICO_BIN`. */
export const calicoPrograms = [
  'calico-typha',
  'kube-controllers',
  'check-status',
  'calico-node',
  'calico',
  'cni-install',
] as const;

/** Debian packages that the operands tier needs, and the programs by which they are known to be there. */
const operandPackages: Readonly<Record<string, readonly string[]>> = {
  iproute2: ['ip', 'ss'],
  iptables: ['iptables'],
  ipset: ['ipset'],
  nftables: ['nft'],
  'util-linux': ['nsenter', 'unshare'],
  mount: ['mount'],
};

/** Why a tier cannot run on this machine, as a sentence with the cure; undefined if it can. */
export function reasonNotToRun(tier: ClusterTier, machine: Machine): string | undefined {
  switch (tier) {
    case 'control-plane':
    case 'cluster':
    case 'fault':
    case 'demo':
      return undefined;
    case 'operands':
      return lacksRoot(machine) ?? lacksImages(machine) ?? lacksPackages(machine) ?? lacksFakeNodes(machine);
    case 'real-node':
      if (machine.environment['CALICO_IMAGES'] === 'pull') return lacksRoot(machine);
      return lacksRoot(machine) ?? lacksImages(machine);
    case 'image':
      return lacksRoot(machine) ?? lacksDocker(machine) ?? lacksFakeNodes(machine);
    case 'gitops':
      return lacksGit(machine) ?? lacksFakeNodes(machine);
  }
}

function lacksRoot({ root, platform }: Machine): string | undefined {
  if (platform !== 'linux') return `it needs Linux, and this is ${platform}`;
  return root ? undefined : 'it needs root, to make namespaces';
}

function lacksFakeNodes({ environment }: Machine): string | undefined {
  const { kind } = chooseRung(environment);
  if (kind === 'modules' || kind === 'kubebuilder-assets') return undefined;
  return `it needs a control plane of its own; unset KUBECONFIG and ${k3sImageVariable}`;
}

function lacksGit(machine: Machine): string | undefined {
  return hasProgram(machine, 'git') ? undefined : 'it needs git; install git';
}

/** Docker is installed where it is missing; whether its daemon starts is tried out. */
function lacksDocker(machine: Machine): string | undefined {
  if (hasProgram(machine, 'dockerd') || hasProgram(machine, 'apt-get')) return undefined;
  return 'it needs a Docker daemon of its own; install Docker Engine';
}

function lacksCalico({ environment, isExecutable }: Machine): string | undefined {
  const folder = environment['CALICO_BIN'];
  if (!folder) {
    return `CALICO_BIN is not set; let it name a folder with Calico's programs ${calicoPrograms.join(', ')}`;
  }
  const missing = calicoPrograms.filter((program) => !isExecutable(join(folder, program)));
  return missing.length === 0 ? undefined : `CALICO_BIN=${folder} has no ${missing.join(', ')}`;
}

/** Without CALICO_BIN the programs come out of images, if there is Docker to get them. */
function lacksImages(machine: Machine): string | undefined {
  const reason = lacksCalico(machine);
  if (reason === undefined || machine.environment['CALICO_BIN']) return reason;
  if (hasProgram(machine, 'docker')) return undefined;
  return `${reason}; or install Docker, to take them out of the images`;
}

/** Names of the packages of the operands tier that this machine lacks. */
export function missingOperandPackages(machine: Machine): readonly string[] {
  return Object.entries(operandPackages)
    .filter(([, programs]) => !programs.every((program) => hasProgram(machine, program)))
    .map(([name]) => name);
}

/** What apt-get can install is no reason. */
function lacksPackages(machine: Machine): string | undefined {
  const missing = missingOperandPackages(machine);
  if (missing.length === 0 || hasProgram(machine, 'apt-get')) return undefined;
  return `it needs what these Debian packages hold: apt-get install -y ${missing.join(' ')}`;
}

function hasProgram(machine: Machine, program: string): boolean {
  const folders = (machine.environment['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && machine.isExecutable(join(folder, program)));
}

/** This machine. */
export function thisMachine(): Machine {
  return {
    environment: process.env,
    platform: process.platform,
    root: process.getuid?.() === 0,
    isExecutable: (path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
  };
}
