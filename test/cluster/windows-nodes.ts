/** What a cluster with Windows nodes has. */
import type { InstallationSpec } from '../../src/api/installation.ts';
import type { ConfigMap, KubeObject } from '../../src/api/kubernetes.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import { readInstallation, stockSpec } from './harness.ts';

const [stockPool] = stockSpec.calicoNetwork.ipPools;

/** The stock spec, made fit for Windows nodes. */
export const windowsSpec = {
  serviceCIDRs: ['10.96.0.0/12'],
  calicoNetwork: {
    windowsDataplane: 'HNS',
    bgp: 'Disabled',
    ipPools: [{ ...stockPool, encapsulation: 'VXLAN' }],
  },
} as InstallationSpec;

/** The same without Windows. */
export const linuxSpec: InstallationSpec = {
  ...windowsSpec,
  calicoNetwork: { ...windowsSpec.calicoNetwork, windowsDataplane: 'Disabled' },
};

/** Where hosts reach the API server. */
export const endpointConfigMap: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubernetes-services-endpoint', namespace: 'tigera-operator' },
  data: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' },
};

const core = '/api/v1/namespaces';
export const endpointPath = `${core}/tigera-operator/configmaps/${endpointConfigMap.metadata.name}`;
export const ipamConfigPath = '/apis/crd.projectcalico.org/v1/ipamconfigs/default';
export const dnsPath = `${core}/kube-system/services/kube-dns`;

/** What only the user can do. */
export async function tellEndpoint(api: ApiClient): Promise<void> {
  await api.apply(endpointPath, endpointConfigMap, 'user');
}

export async function setStrictAffinity(api: ApiClient, strictAffinity: boolean): Promise<void> {
  const config = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'IPAMConfig',
    metadata: { name: 'default' },
    spec: { strictAffinity, autoAllocateBlocks: true },
  };
  await api.apply(ipamConfigPath, config, 'user');
}

/** What kubeadm and others install. */
export async function installDns(api: ApiClient): Promise<void> {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: { selector: { 'k8s-app': 'kube-dns' }, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
  };
  await api.apply(dnsPath, service, 'user');
}

const upgrade = { name: 'calico-windows-upgrade', namespace: 'calico-system' };
const upgradePaths = [
  `${core}/calico-system/serviceaccounts/${upgrade.name}`,
  `/apis/apps/v1/namespaces/calico-system/daemonsets/${upgrade.name}`,
] as const;

/** What early releases of the reference upgraded Windows nodes with. */
export async function leaveUpgrade(api: ApiClient): Promise<void> {
  const { apiVersion, kind, metadata: installation } = await readInstallation(api);
  const owner = { apiVersion, kind, name: installation.name, uid: installation.uid };
  const metadata = { ...upgrade, ownerReferences: [owner] };
  const template = {
    metadata: { labels: { app: upgrade.name } },
    spec: { nodeSelector: { none: 'none' }, containers: [{ name: 'upgrade', image: 'upgrade' }] },
  };
  const [account, daemonSet] = upgradePaths;
  await api.apply(account, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, 'operator');
  await api.apply(
    daemonSet,
    {
      ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata },
      spec: { selector: { matchLabels: { app: upgrade.name } }, template },
    },
    'operator',
  );
}

/** What is left of it. */
export async function findUpgrade(api: ApiClient): Promise<readonly (KubeObject | undefined)[]> {
  return Promise.all(upgradePaths.map((path) => api.find<KubeObject>(path)));
}
