import { join } from 'node:path';

import type { Pki } from './pki.ts';

/** Files of one control plane, all below its directory. */
export interface Files {
  readonly directory: string;
  readonly pki: Pki;
  readonly kubeconfig: string;
  readonly etcdData: string;
  readonly auditLog: string;
  readonly auditPolicy: string;
  readonly egressConfig: string;
  /** Socket that everything the API server would send into the cluster goes to. */
  readonly egressSocket: string;
}

export interface Ports {
  readonly apiServer: number;
  readonly etcd: number;
  readonly etcdPeer: number;
}

/** Service addresses of the cluster; the first, 10.96.0.1, is in the serving certificate. */
export const serviceCidr = '10.96.0.0/12';

export function etcdArguments(files: Files, ports: Ports): readonly string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--data-dir=${files.etcdData}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // A crash of the machine may lose the data of a test.
    '--unsafe-no-fsync',
    // There is one member: it need not wait long for others before it elects itself.
    '--heartbeat-interval=10',
    '--election-timeout=100',
    // Restoring a snapshot changes many keys at once.
    '--max-txn-ops=1000',
    '--max-request-bytes=100000000',
    '--log-level=error',
  ];
}

export function apiServerArguments(files: Files, ports: Ports): readonly string[] {
  const { pki } = files;
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--secure-port=${ports.apiServer}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--tls-cert-file=${pki.serving}`,
    `--tls-private-key-file=${pki.servingKey}`,
    `--client-ca-file=${pki.ca}`,
    `--service-account-key-file=${pki.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    `--service-cluster-ip-range=${serviceCidr}`,
    '--allow-privileged',
    // Nobody could resolve the names of nodes.
    '--kubelet-preferred-address-types=InternalIP',
    `--egress-selector-config-file=${files.egressConfig}`,
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    // Megabytes; a rotated file would lose requests to its reader.
    '--audit-log-maxsize=100000',
    '--enable-aggregator-routing',
    `--requestheader-client-ca-file=${pki.ca}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki.frontProxy}`,
    `--proxy-client-key-file=${pki.frontProxyKey}`,
  ];
}

export function controllerManagerArguments(files: Files): readonly string[] {
  const { pki } = files;
  return [
    `--kubeconfig=${files.kubeconfig}`,
    `--service-account-private-key-file=${pki.serviceAccountKey}`,
    `--root-ca-file=${pki.ca}`,
    `--cluster-signing-cert-file=${pki.ca}`,
    `--cluster-signing-key-file=${pki.caKey}`,
    '--use-service-account-credentials',
    '--leader-elect=false',
    '--secure-port=0',
    '--controllers=*,-nodeipam',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    // Fake nodes report rarely, so that thousands of them cost nothing: they must not be taken for dead.
    '--node-monitor-grace-period=30m',
  ];
}

export function schedulerArguments(files: Files): readonly string[] {
  return [
    `--kubeconfig=${files.kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}

/** KWOK plays the kubelet of annotated nodes only, so that real nodes can join the same cluster. */
export function kwokArguments(files: Files, stages: readonly string[]): readonly string[] {
  return [
    ...stages.map((stage) => `--config=${stage}`),
    `--kubeconfig=${files.kubeconfig}`,
    '--manage-all-nodes=false',
    `--manage-nodes-with-annotation-selector=${fakeNodeAnnotation}=fake`,
  ];
}

/** Annotation, with the value `fake`, of the nodes whose kubelet KWOK plays. */
export const fakeNodeAnnotation = 'kwok.x-k8s.io/node';

export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    // With bodies where a test asks what was written. They hold no secrets.
    {
      level: 'Request',
      verbs: ['create', 'update', 'patch'],
      resources: [{ group: 'operator.tigera.io', resources: ['installations', 'installations/status'] }],
    },
    { level: 'Metadata' },
  ],
};

/** Sends what the API server would dial in the cluster to a UNIX socket: fake pods have addresses of strangers. */
export function egressConfig(files: Files): object {
  return {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      {
        name: 'cluster',
        connection: {
          proxyProtocol: 'HTTPConnect',
          transport: { uds: { udsName: files.egressSocket } },
        },
      },
    ],
  };
}

/** Where everything of a control plane lies in its directory. */
export function filesOf(directory: string, pki: Pki): Files {
  return {
    directory,
    pki,
    kubeconfig: join(directory, 'kubeconfig'),
    etcdData: join(directory, 'etcd'),
    auditLog: join(directory, 'audit.log'),
    auditPolicy: join(directory, 'audit-policy.json'),
    egressConfig: join(directory, 'egress.json'),
    egressSocket: join(directory, 'egress.sock'),
  };
}
