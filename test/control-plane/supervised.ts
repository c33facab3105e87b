import { ApiClient, type ApiCredentials } from './api-client.ts';
import { AuditLog } from './audit-log.ts';
import type { Rung } from './ladder.ts';
import { runProgram, writeAccountKubeconfig } from './programs.ts';
import type { SupervisorClient } from './supervisor/client.ts';
import type { Program, ProgramOptions, ServiceAccountRef } from './types.ts';

/** Where a control plane is, and how to speak to it. */
export interface Place {
  readonly rung: Rung['kind'];
  readonly directory: string;
  readonly url: string;
  readonly ca: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly egressSocket: string;
  readonly credentials: ApiCredentials;
}

/** What every control plane has: an API, and a supervisor that ends all programs with it. */
export abstract class SupervisedControlPlane {
  readonly rung: Rung['kind'];
  readonly directory: string;
  readonly url: string;
  readonly ca: string;
  readonly kubeconfig: string;
  readonly api: ApiClient;
  readonly auditLog: AuditLog;
  readonly egressSocket: string;
  protected readonly supervisor: SupervisorClient;

  constructor(place: Place, supervisor: SupervisorClient) {
    this.rung = place.rung;
    this.directory = place.directory;
    this.url = place.url;
    this.ca = place.ca;
    this.kubeconfig = place.kubeconfig;
    this.api = new ApiClient(place.url, place.credentials);
    this.auditLog = new AuditLog(place.auditLog);
    this.egressSocket = place.egressSocket;
    this.supervisor = supervisor;
  }

  kubeconfigFor(
    account: ServiceAccountRef,
    options: { readonly expirationSeconds?: number } = {},
  ): Promise<string> {
    return writeAccountKubeconfig(this.directory, this.api, this.ca, account, options.expirationSeconds);
  }

  run(name: string, command: string, args: readonly string[], options?: ProgramOptions): Promise<Program> {
    return runProgram(this.supervisor, this.directory, name, command, args, options);
  }

  async runAtEnd(command: string, args: readonly string[]): Promise<void> {
    await this.supervisor.request('runAtEnd', { command, args });
  }

  async stop(): Promise<void> {
    this.api.close();
    await this.supervisor.request('end', null);
    this.supervisor.close();
  }
}
