/** `calico-operator run`: the operator's process, wired together. */
import { hostname } from 'node:os';
import { rootCertificates } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { resources } from '../api/resources.ts';
import { createCache } from '../cache/cache.ts';
import type { Cache } from '../cache/types.ts';
import { systemClock } from '../clock.ts';
import { type Config, type Environment, parseConfig } from '../config/config.ts';
import { runHelp } from '../config/flags.ts';
import { keepCrds } from '../controllers/crds/keep.ts';
import { manageCrds } from '../controllers/crds/manage.ts';
import { createInstallationController } from '../controllers/installation/controller.ts';
import { followDefinitions } from '../controllers/installation/definitions.ts';
import { watchEverything } from '../controllers/installation/stores.ts';
import { AccessError, type ClusterAccess } from '../kube/access.ts';
import { createClient } from '../kube/client.ts';
import { loadClusterAccess } from '../kube/cluster-access.ts';
import { createTransport, type Transport, userAgent } from '../kube/transport.ts';
import type { KubeClient } from '../kube/types.ts';
import { createWatchSource } from '../kube/watch.ts';
import { calicoVersion } from '../resolve/versions.ts';
import { elect, leaseIdentity } from '../runtime/leader-election.ts';
import { kubeLeaseClient } from '../runtime/lease-client.ts';
import { type LifeCycleParts, runUntil, type Service } from '../runtime/life-cycle.ts';
import { saveMemory } from '../runtime/memory.ts';
import { OperatorProcess } from '../runtime/operator-process.ts';
import { reconcileCheck, startHeartbeat } from '../runtime/watchdog.ts';
import type { Workers } from '../runtime/workers.ts';
import { createHttpServer } from '../telemetry/http-server.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import type { Logger } from '../telemetry/types.ts';
import { exitCodes } from './console.ts';
import { defaultOperatorNamespace } from './flags.ts';
import { namespaceProblem, readClusterDomain, readNamespace } from './surroundings.ts';
import { version } from './version.ts';

/**
 * Runs the operator until SIGTERM or SIGINT.
 * @returns the exit code: 0 after a stop, 1 when it cannot start, 2 for wrong flags
 */
export async function run(args: readonly string[], environment: Environment): Promise<number> {
  const parsed = parseConfig(args, environment);
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(runHelp());
      return exitCodes.done;
    case 'invalid':
      return misused(parsed.problems);
    case 'config': {
      const namespace = parsed.config.namespace ?? (await readNamespace()) ?? defaultOperatorNamespace;
      const problem = namespaceProblem(namespace);
      return problem === undefined ? operate(parsed.config, namespace, environment) : misused([problem]);
    }
  }
}

function misused(problems: readonly string[]): number {
  process.stderr.write(`${problems.join('\n')}\nSee calico-operator run --help.\n`);
  return exitCodes.usage;
}

async function operate(config: Config, namespace: string, environment: Environment): Promise<number> {
  saveMemory();
  const logger = createLogger({ level: config.logLevel, fields: { version } });
  const metrics = createMetrics({ version, calicoVersion, leaseName: config.leaderElection.lease });
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    logger.info('Signal received', { signal });
    stop.abort(new Error(`received ${signal}`));
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  try {
    const access = await loadClusterAccess({
      environment,
      clock: systemClock,
      ...(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }),
    });
    const operator = new CalicoOperator({ config, namespace, access, logger, metrics, environment });
    stop.signal.addEventListener('abort', () => operator.stop(), { once: true });
    await operator.start();
    await operator.shutdown();
    return exitCodes.done;
  } catch (error) {
    logger.error('The operator cannot run', { error });
    return error instanceof AccessError ? exitCodes.usage : exitCodes.failed;
  } finally {
    process.removeListener('SIGTERM', onSignal);
    process.removeListener('SIGINT', onSignal);
  }
}

interface OperatorOptions {
  readonly config: Config;
  /** The operator's own. */
  readonly namespace: string;
  readonly access: ClusterAccess;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly environment: Environment;
}

/** The process: `start` calls `init`, which returns when everything has stopped. */
class CalicoOperator extends OperatorProcess {
  readonly #options: OperatorOptions;
  readonly #client: KubeClient;
  readonly #cache: Cache;

  constructor(options: OperatorOptions) {
    const { access, logger, metrics } = options;
    const transport = transportFor('operator', options);
    const client = createClient(transport);
    super({
      kubeConfig: kubeConfigOf(access),
      client,
      source: () => Promise.reject(new Error('objects are watched by the cache')),
      resources: Object.values(resources),
      fieldManager: 'calico-operator',
      clock: systemClock,
      logger,
    });
    this.#options = options;
    this.#client = client;
    this.#cache = createCache({
      source: createWatchSource(transport, systemClock),
      clock: systemClock,
      logger,
      observer: {
        restarted: (watch, reason) => metrics.watchRestarted(watch, reason),
        health: () => undefined,
        size: () => undefined,
      },
    });
    this.onShutdown(() => transport.close());
  }

  protected override async init(): Promise<void> {
    const { config, namespace, environment, logger, metrics } = this.#options;
    const stores = watchEverything(this.#cache, namespace, config.operatorName);
    followDefinitions(this.#cache, stores);
    const startWorkersOf = createInstallationController(
      {
        client: this.#client,
        stores,
        clock: systemClock,
        logger,
        metrics,
        operator: { namespace, serviceAccount: config.serviceAccount, version },
        systemRoots: rootCertificates.join('\n'),
        instance: environment['HOSTNAME'] ?? hostname(),
      },
      {
        operatorNamespace: namespace,
        clusterDomain: await readClusterDomain(),
        hostedControlPlane: config.hostedOpenShift,
        ...(config.apiServer === undefined ? {} : { apiEndpoint: config.apiServer }),
      },
    );
    let workers: Workers | undefined;
    await runUntil(
      {
        clock: systemClock,
        logger,
        http: this.#http(() => workers),
        caches: this.#caches(),
        ...this.#election(namespace),
        lead: () => (workers = startWorkersOf()),
        onLeadership: (leading) => {
          logger.info(leading ? 'Leading' : 'Not leading any more');
          metrics.setLeader(leading);
        },
      },
      this.stopping,
    );
  }

  /** With --manage-crds the definitions come first, so that no watch begins on a kind that is not there. */
  #caches(): Service {
    const { config, logger } = this.#options;
    const crds = { client: this.#client, clock: systemClock, logger, signal: this.stopping };
    let keeping = Promise.resolve();
    return {
      start: async (signal) => {
        if (config.manageCrds) {
          const first = await manageCrds(crds);
          keeping = keepCrds({ ...crds, first, missing: () => this.#cache.missing() });
        }
        await this.#cache.start(signal);
      },
      stop: async () => {
        await Promise.all([this.#cache.stop(), keeping]);
      },
    };
  }

  #election(namespace: string): Pick<LifeCycleParts, 'elect'> {
    const { config, logger } = this.#options;
    const { enabled, lease, namespace: leaseNamespace = namespace } = config.leaderElection;
    if (!enabled) return {};
    const transport = transportFor('leader-election', this.#options);
    this.onShutdown(() => transport.close());
    const client = kubeLeaseClient({
      client: createClient(transport),
      namespace: leaseNamespace,
      name: lease,
      fieldManager: 'calico-operator/leader-election',
    });
    const identity = leaseIdentity();
    return { elect: (signal) => elect({ client, identity, clock: systemClock, logger }, signal) };
  }

  #http(workers: () => Workers | undefined): Service {
    const { config, logger, metrics } = this.#options;
    const heart = startHeartbeat(systemClock);
    const probes = {
      healthz: { loop: heart.check, reconcile: reconcileCheck(() => workers()?.running() ?? []) },
      readyz: { caches: () => this.#unsynced() },
    };
    const servers = config.listeners.map((listener) =>
      createHttpServer({
        host: listener.host,
        port: listener.port,
        clock: systemClock,
        logger,
        ...(listener.metrics ? { metrics } : {}),
        ...(listener.probes ? { probes } : {}),
      }),
    );
    return {
      start: async () => {
        await Promise.all(servers.map((server) => server.start()));
      },
      stop: async () => {
        heart.stop();
        await Promise.all(servers.map((server) => server.stop()));
      },
    };
  }

  #unsynced(): string | undefined {
    const unsynced = this.#cache.unsynced();
    return unsynced.length === 0 ? undefined : `waiting for ${unsynced.join(', ')}`;
  }
}

function transportFor(part: string, { access, metrics }: OperatorOptions): Transport {
  return createTransport({
    access,
    clock: systemClock,
    userAgent: userAgent(version, part),
    observer: metrics,
  });
}

function kubeConfigOf({ server }: ClusterAccess): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser({ name: 'cluster', server, skipTLSVerify: false }, { name: 'operator' });
  return kubeConfig;
}
