/** The way to a cluster for `status`: opened, tried out, and closed again. */
import { resources } from '../../api/resources.ts';
import { createCache } from '../../cache/cache.ts';
import type { Cache } from '../../cache/types.ts';
import type { Clock } from '../../clock.ts';
import { AccessError } from '../../kube/access.ts';
import { createClient } from '../../kube/client.ts';
import { loadClusterAccess } from '../../kube/cluster-access.ts';
import { isForbidden, isNotFound, isUnauthorized, TransportError } from '../../kube/errors.ts';
import { createTransport, type Transport, userAgent } from '../../kube/transport.ts';
import { createWatchSource } from '../../kube/watch.ts';
import { silentLogger } from '../../telemetry/types.ts';
import type { Console } from '../console.ts';
import { version } from '../version.ts';
import { type StatusFacts, watchFacts } from './facts.ts';

/** A cluster that cannot be looked at; the message names the cure. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/** How long the first complete look may take, in milliseconds. */
const patience = 60_000;

/**
 * Calls back with the way to look at the cluster, and closes everything afterwards.
 * Throws `ClusterError` when there is no access, no answer or no permission.
 */
export async function withCluster<Result>(
  kubeconfig: string | undefined,
  { environment, clock }: Console,
  use: (look: () => StatusFacts) => Promise<Result>,
): Promise<Result> {
  let transport: Transport | undefined;
  let cache: Cache | undefined;
  try {
    const access = await loadClusterAccess({
      environment,
      clock,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
    });
    transport = createTransport({ access, clock, userAgent: userAgent(version, 'status') });
    const kubernetesVersion = await tryOut(transport);
    const source = createWatchSource(transport, clock);
    cache = createCache({ source, clock, logger: silentLogger });
    const look = watchFacts(cache, { server: access.server, kubernetesVersion });
    await fill(cache, clock);
    return await use(look);
  } catch (error) {
    throw explain(error);
  } finally {
    await cache?.stop();
    await transport?.close();
  }
}

async function fill(cache: Cache, clock: Clock): Promise<void> {
  const late = new AbortController();
  const timer = clock.schedule(patience, () => late.abort());
  try {
    await cache.start(late.signal);
  } catch (cause) {
    const missing = cache.unsynced().join(', ');
    const problem = `the API server did not list ${missing} within ${patience / 1000} seconds`;
    throw new ClusterError(`${problem}. See whether it is healthy: kubectl get --raw /readyz.`, { cause });
  } finally {
    timer.cancel();
  }
}

/** Answers with the version of Kubernetes. Reflectors would try for ever where a person wants to know at once. */
async function tryOut(transport: Transport): Promise<string> {
  const client = createClient(transport);
  const [{ gitVersion = 'unknown' }] = await Promise.all([
    client.getPath('/version') as Promise<{ readonly gitVersion?: string }>,
    client.get({ resource: resources.Installation, name: 'default' }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    }),
  ]);
  return gitVersion;
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
