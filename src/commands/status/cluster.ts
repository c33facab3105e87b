/** The cluster that `status` looks at: opened, tried out, and closed again. */
import { resources } from '../../api/resources.ts';
import { createCache } from '../../cache/cache.ts';
import type { Cache } from '../../cache/types.ts';
import type { Clock } from '../../clock.ts';
import { createClient } from '../../kube/client.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { Transport } from '../../kube/transport.ts';
import { createWatchSource } from '../../kube/watch.ts';
import { silentLogger } from '../../telemetry/types.ts';
import { ClusterError, withConnection } from '../cluster-access.ts';
import type { Console } from '../console.ts';
import { type StatusFacts, watchFacts } from './facts.ts';

/** How long the first complete look may take, in milliseconds. */
const patience = 60_000;

/**
 * Calls back with the way to look at the cluster, and closes everything afterwards.
 * Throws `ClusterError` when there is no access, no answer or no permission.
 */
export async function withCluster<Result>(
  kubeconfig: string | undefined,
  console: Console,
  use: (look: () => StatusFacts) => Promise<Result>,
): Promise<Result> {
  const { clock } = console;
  return withConnection(console, { kubeconfig, command: 'status' }, async ({ transport, server }) => {
    const kubernetesVersion = await tryOut(transport);
    const cache = createCache({ source: createWatchSource(transport, clock), clock, logger: silentLogger });
    try {
      const look = watchFacts(cache, { server, kubernetesVersion });
      await fill(cache, clock);
      return await use(look);
    } finally {
      await cache.stop();
    }
  });
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
