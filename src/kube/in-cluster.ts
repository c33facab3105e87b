/** The service account of the pod that the operator runs in. */
import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { AccessError } from './access.ts';

/** Where the kubelet puts a pod's token, CA and namespace. */
export const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the environment is that of a pod. */
export function isInCluster(environment: Environment): boolean {
  return (environment['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
}

/** Reads the pod's service account. Throws `AccessError` when its files are not there. */
export function readInCluster(environment: Environment, directory: string): KubeConfig {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '443';
  const tokenFile = join(directory, 'token');
  const caFile = join(directory, 'ca.crt');
  for (const file of [tokenFile, caFile]) {
    if (!existsSync(file)) {
      throw new AccessError(
        'in-cluster',
        `${file} is not there`,
        'Set automountServiceAccountToken: true on the pod',
      );
    }
  }
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: 'in-cluster',
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        caFile,
        skipTLSVerify: false,
      },
    ],
    users: [{ name: 'service-account', authProvider: { name: 'tokenFile', config: { tokenFile } } }],
    contexts: [
      {
        name: 'in-cluster',
        cluster: 'in-cluster',
        user: 'service-account',
        namespace: namespaceIn(join(directory, 'namespace')),
      },
    ],
    currentContext: 'in-cluster',
  });
  return config;
}

function namespaceIn(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
