/** Reads kubeconfig files into the client library's `KubeConfig`, with errors that a person can act on. */
import { readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { YAMLException, load } from 'js-yaml';
import { AccessError } from './access.ts';
import { errorCode, errorMessage } from './errors.ts';

type Entry = Readonly<Record<string, unknown>>;

/**
 * Merges the files of a `KUBECONFIG` list as kubectl does: the first mention of a name wins. Reads the disk at each call.
 * Throws `AccessError` naming the file, what is wrong with it and the cure.
 */
export function readKubeconfig(list: string): KubeConfig {
  const files = list.split(delimiter).filter((file) => file !== '');
  const config = files.map(readFile).reduce(merge);
  return checked(config, files.join(delimiter));
}

function readFile(file: string): KubeConfig {
  const content = parse(file, read(file));
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new AccessError(file, errorMessage(error), 'Correct the file, or pass another with --kubeconfig');
  }
  return withTokenFiles(config, content, dirname(file));
}

/** The library knows another spelling of `tokenFile` and reads it once; its file authentication reads it again. */
function withTokenFiles(config: KubeConfig, content: Entry, directory: string): KubeConfig {
  const tokenFiles = new Map<unknown, string>();
  for (const entry of Array.isArray(content['users']) ? (content['users'] as readonly Entry[]) : []) {
    const file = (entry['user'] as Entry | undefined | null)?.['tokenFile'];
    if (typeof file === 'string' && file !== '') tokenFiles.set(entry['name'], resolve(directory, file));
  }
  config.users = config.users.map((user) => {
    const tokenFile = tokenFiles.get(user.name);
    if (tokenFile === undefined) return user;
    const { token: _, ...rest } = user;
    return { ...rest, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  });
  return config;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AccessError(
      file,
      `the kubeconfig cannot be read (${errorCode(error)})`,
      'Check the path in --kubeconfig or KUBECONFIG and the permissions of the file',
    );
  }
}

function parse(file: string, text: string): Entry {
  const cure = 'Correct the file, or pass another with --kubeconfig';
  let content: unknown;
  try {
    content = load(text);
  } catch (error) {
    // The exception's own message quotes the file, credentials and all.
    const yaml = error instanceof YAMLException ? error : undefined;
    const line = yaml?.mark === undefined ? '' : ` in line ${yaml.mark.line + 1}`;
    throw new AccessError(file, `the kubeconfig is no YAML: ${yaml?.reason ?? 'unreadable'}${line}`, cure);
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as Entry;
  throw new AccessError(file, 'the kubeconfig is no mapping', cure);
}

function merge(first: KubeConfig, second: KubeConfig): KubeConfig {
  const add = <T extends { readonly name: string }>(a: readonly T[], b: readonly T[]): T[] => [
    ...a,
    ...b.filter((entry) => !a.some((other) => other.name === entry.name)),
  ];
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: add(first.clusters, second.clusters),
    users: add(first.users, second.users),
    contexts: add(first.contexts, second.contexts),
    currentContext: first.currentContext || second.currentContext,
  });
  return merged;
}

function checked(config: KubeConfig, source: string): KubeConfig {
  const use = "Choose one with 'kubectl config use-context'";
  const names = config.contexts.map((context) => context.name).join(', ') || 'none';
  if (!config.currentContext) {
    throw new AccessError(source, `current-context is not set (contexts: ${names})`, use);
  }
  const context = config.getContextObject(config.currentContext);
  const name = JSON.stringify(config.currentContext);
  if (context === null)
    throw new AccessError(source, `there is no context ${name} (contexts: ${names})`, use);
  const cluster = config.getCluster(context.cluster);
  if (cluster === null) {
    const problem = `context ${name} names the cluster ${JSON.stringify(context.cluster)}, which the file does not have`;
    throw new AccessError(source, problem, 'Add the cluster, or choose another context');
  }
  if (config.getUser(context.user) === null) {
    const problem = `context ${name} names the user ${JSON.stringify(context.user)}, which the file does not have`;
    throw new AccessError(source, problem, 'Add the user, or choose another context');
  }
  checkServer(source, cluster);
  return config;
}

function checkServer(
  source: string,
  cluster: {
    readonly name: string;
    readonly server: string;
    readonly skipTLSVerify: boolean;
    readonly proxyUrl?: string;
  },
): void {
  const field = `server of cluster ${JSON.stringify(cluster.name)}`;
  const protocol = URL.canParse(cluster.server) ? new URL(cluster.server).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') {
    const problem = `${field} is ${JSON.stringify(cluster.server)}, which is no address`;
    throw new AccessError(source, problem, 'Write it as https://host:port');
  }
  if (protocol === 'http:' && !cluster.skipTLSVerify) {
    const problem = `${field} is reached without encryption`;
    throw new AccessError(source, problem, 'Use https, or set insecure-skip-tls-verify: true on the cluster');
  }
  if (cluster.proxyUrl !== undefined && !/^https?:/.test(cluster.proxyUrl)) {
    const problem = `proxy-url of cluster ${JSON.stringify(cluster.name)} is no HTTP proxy`;
    throw new AccessError(source, problem, 'Use an http:// or https:// proxy');
  }
}
