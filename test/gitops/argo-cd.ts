/** Argo CD's application controller and repo server, beside a control plane. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { repository as checkout } from '../../scripts/bundle/bundle.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { applyDefinitions, applyManifest, readManifest } from '../cluster/manifests.ts';
import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { findFreePorts } from '../control-plane/ports.ts';
import type { GitOpsPrograms } from './programs.ts';

const execute = promisify(execFile);

/** Where Argo CD and its Applications are. */
export const argoNamespace = 'argocd';

/** Name of the cluster that Argo CD deploys to, which is the one that it lives in. */
export const destination = 'local';

/** Labels of that cluster, by which an ApplicationSet picks it. */
export const clusterLabels = { 'calico.example.com/managed': 'true' } as const;

/** Seconds after which an Application is compared again; the default of a real one is two to three minutes. */
export const resyncSeconds = 15;

export interface ArgoCd {
  /** How many comparisons were made of all Applications. */
  comparisons(): Promise<number>;
  /** Starts the controller of ApplicationSets, which a test needs rarely. */
  startApplicationSets(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Installs Argo CD's definitions and settings with the health checks of deploy/argocd, and starts its programs. They ask
 * the control plane as its administrator.
 */
export async function startArgoCd(cluster: ControlPlane, programs: GitOpsPrograms): Promise<ArgoCd> {
  await install(cluster, programs);
  const home = join(cluster.directory, 'argocd');
  await mkdir(home, { recursive: true });
  const [redis = 0, repo = 0, repoMetrics = 0, metrics = 0, setsMetrics = 0, setsProbes = 0, webhook = 0] =
    await findFreePorts(7);
  const started: Program[] = [];
  const start = async (name: string, args: readonly string[]): Promise<void> => {
    const env = {
      ARGOCD_BINARY_NAME: name,
      ARGOCD_GPG_ENABLED: 'false',
      ARGOCD_SYNC_WAVE_DELAY: '1',
      ARGOCD_CLUSTER_CACHE_BATCH_EVENTS_PROCESSING: 'true',
      KUBECONFIG: cluster.kubeconfig,
      HOME: home,
      TMPDIR: home,
      // The repo server calls git and helm.
      PATH: `${dirname(programs.helm)}:${process.env['PATH'] ?? ''}`,
    };
    started.push(await cluster.run(name, programs.argocd, [...args, '--logformat=text'], { env }));
  };
  started.push(await cluster.run('redis', programs.redis, [`127.0.0.1:${redis}`]));
  const servers = [
    `--repo-server=127.0.0.1:${repo}`,
    `--redis=127.0.0.1:${redis}`,
    '--repo-server-plaintext',
    `--namespace=${argoNamespace}`,
    `--kubeconfig=${cluster.kubeconfig}`,
  ];
  await start('argocd-repo-server', [
    '--disable-tls',
    '--address=127.0.0.1',
    `--port=${repo}`,
    '--metrics-address=127.0.0.1',
    `--metrics-port=${repoMetrics}`,
    `--redis=127.0.0.1:${redis}`,
  ]);
  await start('argocd-application-controller', [
    ...servers,
    `--metrics-port=${metrics}`,
    `--app-resync=${resyncSeconds}`,
    '--app-resync-jitter=0',
    // The health of each object in the Application, so that a watch sees it.
    '--persist-resource-health',
    '--self-heal-timeout-seconds=1',
    '--status-processors=4',
    '--operation-processors=4',
  ]);
  await untilListening(started, [redis, repo, metrics]);
  return {
    comparisons: () => countComparisons(metrics),
    startApplicationSets: () =>
      start('argocd-applicationset-controller', [
        `--argocd-repo-server=127.0.0.1:${repo}`,
        '--repo-server-plaintext',
        `--namespace=${argoNamespace}`,
        `--kubeconfig=${cluster.kubeconfig}`,
        `--metrics-addr=127.0.0.1:${setsMetrics}`,
        `--probe-addr=127.0.0.1:${setsProbes}`,
        `--webhook-addr=127.0.0.1:${webhook}`,
      ]),
    stop: async () => {
      await Promise.all(started.map((program) => program.stop()));
    },
  };
}

/** Waits for ports of the programs. @throws Error with the end of the log of one that ended */
async function untilListening(programs: readonly Program[], ports: readonly number[]): Promise<void> {
  const giveUp = new AbortController();
  const ended = programs.map(async (program) => {
    await program.exited();
    const log = (await readFile(program.logFile, 'utf8')).trimEnd().split('\n').slice(-8).join('\n');
    throw new Error(`${program.name} ended:\n${log}`);
  });
  const listening = eventually(async () => (await Promise.all(ports.map(isOpen))).every(Boolean), {
    description: 'Argo CD to listen',
    signal: giveUp.signal,
  });
  // Whichever loses the race fails later, when nobody listens any more.
  for (const promise of [...ended, listening]) promise.catch(() => undefined);
  try {
    await Promise.race([listening, ...ended]);
  } finally {
    giveUp.abort();
  }
}

function isOpen(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

async function countComparisons(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const counts = [...text.matchAll(/^argocd_app_reconcile_count\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count = '0']) => sum + Number(count), 0);
}

async function install({ api, url, ca, kubeconfig }: ControlPlane, programs: GitOpsPrograms): Promise<void> {
  const files = (await readdir(programs.argoDefinitions)).map((file) => join(programs.argoDefinitions, file));
  const definitions = (await Promise.all(files.map((file) => readManifest(file)))).flat();
  await applyDefinitions(api, definitions);
  await api.apply(`/api/v1/namespaces/${argoNamespace}`, namespace);
  const token = await api.create<{ readonly status: { readonly token: string } }>(
    `/api/v1/namespaces/${argoNamespace}/serviceaccounts/argocd-manager/token`,
    await accountAndRequest(api),
  );
  await applyManifest(api, [
    configMap('argocd-cm', {}),
    configMap('argocd-rbac-cm', {}),
    secret('argocd-secret', { 'server.secretkey': 'only-for-tests' }),
    project,
    clusterSecret(url, ca, token.status.token),
  ]);
  await giveHealthChecks(programs.kubectl, kubeconfig);
}

/** Gives Argo CD the health checks as a user does: by the command of docs/gitops.md. */
async function giveHealthChecks(kubectl: string, kubeconfig: string): Promise<void> {
  const page = await readFile(join(checkout, 'docs', 'gitops.md'), 'utf8');
  const [, args] = /^kubectl (-n argocd patch configmap argocd-cm .+)$/m.exec(page) ?? [];
  if (args === undefined)
    throw new Error('docs/gitops.md has no command that gives Argo CD the health checks');
  await execute(kubectl, [`--kubeconfig=${kubeconfig}`, ...args.split(' ')], { cwd: checkout });
}

const partOf = { 'app.kubernetes.io/part-of': 'argocd' };
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: argoNamespace } };

const configMap = (name: string, data: Readonly<Record<string, string>>): KubeObject & { data: object } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: argoNamespace, labels: partOf },
  data,
});

const secret = (
  name: string,
  stringData: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): KubeObject & { stringData: object } => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: argoNamespace, labels: { ...partOf, ...labels } },
  stringData,
});

const clusterSecret = (server: string, ca: string, bearerToken: string): KubeObject =>
  secret(
    'cluster-local',
    {
      name: destination,
      server,
      config: JSON.stringify({
        bearerToken,
        tlsClientConfig: { caData: Buffer.from(ca).toString('base64') },
      }),
    },
    { 'argocd.argoproj.io/secret-type': 'cluster', ...clusterLabels },
  );

const project: KubeObject & { spec: object } = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default', namespace: argoNamespace },
  spec: {
    sourceRepos: ['*'],
    destinations: [{ namespace: '*', server: '*' }],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  },
};

/** Makes the account by which Argo CD writes, and returns the request for a token of it. */
async function accountAndRequest(api: ControlPlane['api']): Promise<object> {
  const account = { name: 'argocd-manager', namespace: argoNamespace };
  await applyManifest(api, [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'argocd-manager' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    } as KubeObject,
  ]);
  return {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 86_400 },
  };
}
