/** The way to a cluster for commands that look at one: opened, and closed again; what stands in the way, with its cure. */
import { AccessError } from '../kube/access.ts';
import { loadClusterAccess } from '../kube/cluster-access.ts';
import { isForbidden, isUnauthorized, StatusError, TransportError } from '../kube/errors.ts';
import { createTransport, type Transport, userAgent } from '../kube/transport.ts';
import type { Console } from './console.ts';
import { version } from './version.ts';

/** A cluster that cannot be looked at; the message names the cure. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/** An open connection. */
export interface Connection {
  readonly transport: Transport;
  /** Address of the API server. */
  readonly server: string;
}

/**
 * Calls back with a connection, and closes it afterwards.
 * Throws `ClusterError` when there is no access, no answer or no permission.
 * @param command names the command in the user agent
 */
export async function withConnection<Result>(
  { environment, clock }: Pick<Console, 'environment' | 'clock'>,
  { kubeconfig, command }: { readonly kubeconfig: string | undefined; readonly command: string },
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  let transport: Transport | undefined;
  try {
    const access = await loadClusterAccess({
      environment,
      clock,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
    });
    transport = createTransport({ access, clock, userAgent: userAgent(version, command) });
    return await use({ transport, server: access.server });
  } catch (error) {
    throw explain(error);
  } finally {
    await transport?.close();
  }
}

/** A failure of the cluster explains itself; any other is a mistake of this program, whose place somebody has to find. */
export function describeFailure(error: unknown): string {
  if (error instanceof ClusterError || error instanceof StatusError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function explain(error: unknown): unknown {
  if (error instanceof AccessError) return new ClusterError(error.message, { cause: error });
  const cure = cureOf(error);
  if (cure === undefined || !(error instanceof Error)) return error;
  return new ClusterError(`${error.message}. ${cure}.`, { cause: error });
}

function cureOf(error: unknown): string | undefined {
  if (isUnauthorized(error)) return 'The credentials of the kubeconfig are not accepted: renew them';
  if (isForbidden(error)) {
    return 'Ask for the permission to get, list and watch, or use the kubeconfig of an administrator';
  }
  if (!(error instanceof TransportError)) return undefined;
  return error.failure === 'tls'
    ? 'Check the certificate authority and the client certificate of the kubeconfig'
    : 'Check the server address of the kubeconfig, and whether the API server runs';
}
