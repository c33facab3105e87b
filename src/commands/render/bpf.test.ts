import { expect, test } from '@jest/globals';
import { testConsole } from '../testing.ts';
import { runRender } from './render.ts';

const installation = `apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
`;

async function render(input: string) {
  const console = testConsole(input);
  const code = await runRender(['-f', '-'], console);
  return { code, output: console.output(), errors: console.errors() };
}

/** The document of an object. */
function documentOf(output: string, kind: string, name: string): string | undefined {
  return output.split('---\n').find((text) => text.includes(`kind: ${kind}\nmetadata:\n  name: ${name}\n`));
}

const bpf = (network: string) => `${installation}spec:
  calicoNetwork:
    linuxDataplane: BPF
    kubeProxyManagement: Enabled
    ipPools: [{cidr: 10.244.0.0/16, encapsulation: VXLAN}]
${network}`;
const bootstrapped = bpf('    bpfNetworkBootstrap: Enabled\n');
const apiServer = `---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec: {clusterIPs: [10.96.0.1], ports: [{port: 443}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kubernetes, namespace: default, labels: {kubernetes.io/service-name: kubernetes}}
addressType: IPv4
endpoints: [{addresses: [10.0.0.1]}]
ports: [{port: 6443}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: other, namespace: default, labels: {kubernetes.io/service-name: other}}
addressType: IPv4
endpoints: [{addresses: [10.0.0.9]}]
ports: [{port: 1}]
`;
const kubeProxy = (metadata: string) => `---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system${metadata}}
spec: {selector: {}, template: {spec: {containers: []}}}
`;

test('is on, and the API server of the input is what nodes start with', async () => {
  const { output, errors } = await render(bootstrapped + apiServer + kubeProxy(''));
  expect(errors).toEqual([]);
  expect(documentOf(output, 'FelixConfiguration', 'default')).toContain('bpfEnabled: true');
  const node = documentOf(output, 'DaemonSet', 'calico-node');
  expect(node).toMatch(/KUBERNETES_SERVICE_IPS_PORTS\n\s+value: "?10\.96\.0\.1:443"?\n/);
  expect(node).toMatch(/KUBERNETES_APISERVER_ENDPOINTS\n\s+value: "?10\.0\.0\.1:6443"?\n/);
});

test('without an API server in the input, its place is marked', async () => {
  const { output, errors } = await render(bootstrapped);
  expect(errors).toEqual([]);
  expect(documentOf(output, 'DaemonSet', 'calico-node')).toContain('read-in-the-cluster');
});

test('a Service without ready endpoints is refused as in a cluster', async () => {
  const { code, errors } = await render(
    bootstrapped + apiServer.slice(0, apiServer.indexOf('---\napiVersion: disc')),
  );
  expect(code).toBe(1);
  expect(errors.join()).toContain('bpfNetworkBootstrap');
});

test('a kube-proxy that could not be changed is a warning', async () => {
  const labels = ', labels: {app.kubernetes.io/managed-by: Helm}';
  const { code, errors } = await render(bootstrapped + apiServer + kubeProxy(labels));
  expect(code).toBe(0);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^warning: .*DaemonSet kube-system\/kube-proxy: metadata\.labels/);
});

test('so are nodes that would not find the API server', async () => {
  const { code, errors } = await render(bpf('') + apiServer + kubeProxy(''));
  expect(code).toBe(0);
  expect(errors.join()).toContain('kubeProxyManagement "Enabled": without kube-proxy');
});
