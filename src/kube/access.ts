/** How the API server is reached, and who we are to it. */

/** What a connection needs; a change of anything but `headers` needs new connections. */
export interface Credentials {
  /** `https://host:port`, perhaps with a path before the API's own. */
  readonly server: string;
  /** Authentication and impersonation. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  /** HTTP proxy between us and the server. */
  readonly proxy?: string;
}

/** PEM parts as read from files or data fields. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** A cluster, and the right to speak with it. */
export interface ClusterAccess {
  /** Address of the API server. */
  readonly server: string;
  /** Namespace of the context, or of our pod. */
  readonly namespace: string | undefined;
  /** Where this was read from, for people: a file's path, or `in-cluster`. */
  readonly source: string;
  /** What to connect with now; files are read again when the last reading is older than ten seconds. */
  credentials(): Promise<Credentials>;
  /** Forgets what was read, since the server no longer accepts it. */
  reload(): void;
}

/** A kubeconfig or a pod's service account that cannot be used: where, what is wrong, and what helps. */
export class AccessError extends Error {
  override readonly name = 'AccessError';

  constructor(source: string, problem: string, cure: string) {
    super(`${source}: ${problem}. ${cure}.`);
  }
}
