import type { ApiClient } from './api-client.ts';
import type { AuditLog } from './audit-log.ts';
import type { NodeOptions } from './nodes.ts';
import type { PodFault } from './pods.ts';
import type { Rung } from './ladder.ts';
import type { Exit } from './supervisor/protocol.ts';

/** Parts that run as processes. */
export type Part = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

export interface ProgramOptions {
  /** Whole environment; default that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** A program started beside the control plane; it ends, at the latest, with the control plane. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** What it wrote to standard output and standard error; a later program of the same name appends. */
  readonly logFile: string;
  /** Its process group gets the signal. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Signals (default SIGTERM), kills after 10 s, and resolves when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** Resolves when it ends. Waiting for it does not keep this process alive. */
  exited(): Promise<Exit>;
}

export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** A cluster for tests, demo and benchmarks. What a rung of the ladder lacks throws an error that says so. */
export interface ControlPlane {
  readonly rung: Rung['kind'];
  /** Everything of this control plane lies here; removed at the end unless it was asked for by name. */
  readonly directory: string;
  /** Such as `https://127.0.0.1:20001`; stays the same over restarts and restores. */
  readonly url: string;
  /** The CA of the API server, PEM. */
  readonly ca: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** The administrator's client. */
  readonly api: ApiClient;
  readonly auditLog: AuditLog;
  /** UNIX socket on which a test may serve HTTP CONNECT to answer as a pod, a webhook or an aggregated API. */
  readonly egressSocket: string;

  /**
   * Writes a kubeconfig with a new token of an existing ServiceAccount, and returns its path.
   * @param options.expirationSeconds at least 600; default one day.
   */
  kubeconfigFor(
    account: ServiceAccountRef,
    options?: { readonly expirationSeconds?: number },
  ): Promise<string>;
  /** Creates nodes and waits until they are Ready, if they are fake ones. Returns their names. */
  createNodes(count: number, options?: NodeOptions): Promise<readonly string[]>;
  /** Makes a fake pod fail from now on, or with `undefined` recover. */
  setPodFault(namespace: string, name: string, fault: PodFault | undefined): Promise<void>;
  /** Sets (merges) any status on a fake pod, which then stays until {@link setPodFault} is called. */
  setPodStatus(namespace: string, name: string, status: object): Promise<void>;

  /** Keeps the cluster's whole data under a name. */
  snapshot(name: string): Promise<void>;
  hasSnapshot(name: string): boolean;
  /**
   * Brings the cluster's data back to a snapshot, but for Events. Stop your own controllers before. The API server goes
   * on running, resource versions go on growing; resolves when the server serves the snapshot's resources and the
   * controllers, which start anew, work.
   */
  restore(name: string): Promise<void>;

  /** Ends the API server: with SIGTERM (default), which lets it drain for at most 5 s, or at once with SIGKILL. */
  stopApiServer(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it on the same port and resolves when it is ready. */
  startApiServer(): Promise<void>;
  restartApiServer(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a signal to a part: SIGSTOP freezes it, SIGCONT lets it go on. */
  signal(part: Part, signal: NodeJS.Signals): Promise<void>;
  /** Starts a program that ends with the control plane, whatever ends that. */
  run(name: string, command: string, args: readonly string[], options?: ProgramOptions): Promise<Program>;
  /** Has a command run when the control plane ends in whatever way; last asked for first. */
  runAtEnd(command: string, args: readonly string[]): Promise<void>;
  /** Ends everything. */
  stop(): Promise<void>;
}
