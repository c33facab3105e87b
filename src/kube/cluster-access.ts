/** Finds the cluster that is meant and keeps its credentials fresh. */
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../clock.ts';
import { AccessError } from './access.ts';
import type { ClusterAccess, Credentials, TlsOptions } from './access.ts';
import { errorMessage } from './errors.ts';
import { isInCluster, readInCluster, serviceAccountDirectory } from './in-cluster.ts';
import type { Environment } from './in-cluster.ts';
import { readKubeconfig } from './kubeconfig.ts';

/** Where to look for a cluster. */
export interface AccessOptions {
  /** `--kubeconfig`; wins over the environment. */
  readonly kubeconfig?: string;
  readonly environment: Environment;
  readonly clock: Clock;
  /** For tests. */
  readonly serviceAccountDirectory?: string;
}

// Rotated files are seen this soon even if the old credentials still work; a refusal by the server makes it at once.
const maxAge = 10_000;

/**
 * Takes `--kubeconfig`, else `KUBECONFIG`, else the pod's service account. Nothing else is ever tried, so that a missing setting
 * cannot end at somebody else's server. Throws `AccessError`.
 */
export async function loadClusterAccess(options: AccessOptions): Promise<ClusterAccess> {
  const { source, read } = sourceOf(options);
  const config = read();
  const access = new FileAccess(source, read, config, options.clock);
  await access.credentials();
  return access;
}

interface Source {
  readonly source: string;
  readonly read: () => KubeConfig;
}

function sourceOf(options: AccessOptions): Source {
  const { environment } = options;
  const list = options.kubeconfig ?? environment['KUBECONFIG'] ?? '';
  if (list !== '') return { source: list, read: () => readKubeconfig(list) };
  if (isInCluster(environment)) {
    const directory = options.serviceAccountDirectory ?? serviceAccountDirectory;
    return { source: 'in-cluster', read: () => readInCluster(environment, directory) };
  }
  throw new AccessError(
    'no cluster',
    'neither --kubeconfig nor KUBECONFIG is set, and this is no pod',
    'Pass --kubeconfig FILE, or set KUBECONFIG',
  );
}

class FileAccess implements ClusterAccess {
  readonly server: string;
  readonly namespace: string | undefined;
  readonly source: string;
  readonly #read: () => KubeConfig;
  readonly #clock: Clock;
  #config: KubeConfig;
  #stale = false;
  #last: { readonly at: number; readonly credentials: Credentials } | undefined;
  #reading: Promise<Credentials> | undefined;

  constructor(source: string, read: () => KubeConfig, config: KubeConfig, clock: Clock) {
    this.source = source;
    this.#read = read;
    this.#clock = clock;
    this.#config = config;
    this.server = config.getCurrentCluster()?.server ?? '';
    this.namespace = config.getContextObject(config.currentContext)?.namespace;
  }

  reload(): void {
    this.#stale = true;
  }

  credentials(): Promise<Credentials> {
    const last = this.#last;
    if (last !== undefined && !this.#stale && this.#clock.monotonic() - last.at < maxAge) {
      return Promise.resolve(last.credentials);
    }
    this.#reading ??= this.#refresh().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #refresh(): Promise<Credentials> {
    const stale = this.#stale;
    this.#stale = false;
    try {
      // The library caches tokens in the `KubeConfig`: a new one reads every file, and asks a login plugin, anew.
      if (stale || this.source === 'in-cluster') this.#config = this.#read();
      const credentials = await credentialsOf(this.#config);
      this.#last = { at: this.#clock.monotonic(), credentials };
      return credentials;
    } catch (error) {
      // Files are replaced one after the other: until all fit, what worked so far is the best there is.
      if (this.#last !== undefined) return this.#last.credentials;
      if (error instanceof AccessError) throw error;
      const cure = 'Check the files and the login command that it names';
      throw new AccessError(this.source, `no credentials: ${errorMessage(error)}`, cure);
    }
  }
}

async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const cluster = config.getCurrentCluster();
  return {
    server: cluster?.server ?? '',
    headers: headersOf(options),
    tls: tlsOf(options),
    ...(cluster?.proxyUrl === undefined ? {} : { proxy: cluster.proxyUrl }),
  };
}

function headersOf(options: RequestOptions): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value).trim();
  if (typeof options.auth === 'string') {
    headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return headers;
}

function tlsOf(options: RequestOptions): TlsOptions {
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
  const [ca, cert, key] = [text(options.ca), text(options.cert), text(options.key)];
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(options.servername === undefined ? {} : { servername: options.servername }),
    ...(options.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: options.rejectUnauthorized }),
  };
}
