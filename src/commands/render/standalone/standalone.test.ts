import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DaemonSet, Deployment, EnvVar } from '../../../api/kubernetes.ts';
import { testConsole } from '../../testing.ts';
import { runRender } from '../render.ts';

const installation = (spec = '{}', metadata = '{name: default}'): string => `---
apiVersion: operator.tigera.io/v1
kind: Installation
metadata: ${metadata}
spec: ${spec}
`;
const network = (fields: string): string => installation(`{calicoNetwork: {${fields}}}`);

async function render(input: string, ...args: readonly string[]) {
  const console = testConsole(input);
  const code = await runRender(['--standalone', '-f', '-', ...args], console);
  return { code, output: console.output(), errors: console.errors() };
}

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

async function renderItems(input: string): Promise<readonly Item[]> {
  const { output, errors } = await render(input, '-o', 'json');
  expect(errors).toEqual([]);
  return (JSON.parse(output) as { readonly items: readonly Item[] }).items;
}

/** Variables of calico-node that have a value. */
async function nodeEnv(input: string): Promise<Readonly<Record<string, string | undefined>>> {
  const items = await renderItems(input);
  const node = items.find(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'calico-node');
  const env = (node as unknown as DaemonSet).spec?.template.spec?.containers[0]?.env as readonly EnvVar[];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

const poolsOf = (env: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => /POOL/.test(name)));

test('deploy/manifests/calico.yaml is what an Installation without a spec gives', async () => {
  const path = join(import.meta.dirname, '../../../../deploy/manifests/calico.yaml');
  expect((await render(installation())).output).toBe(readFileSync(path, 'utf8'));
});

describe('the manifest', () => {
  test('has these objects, definitions first', async () => {
    const items = await renderItems(installation());
    const first = items.findIndex(({ kind }) => kind !== 'CustomResourceDefinition');
    const definitions = items.slice(0, first).map(({ metadata }) => metadata.name);
    expect(definitions).toContain('ippools.crd.projectcalico.org');
    expect(definitions.filter((name) => name.endsWith('operator.tigera.io'))).toEqual([]);
    expect(items.slice(first).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Namespace calico-system',
      'ServiceAccount calico-node',
      'ClusterRole calico-node',
      'ClusterRoleBinding calico-node',
      'ServiceAccount calico-cni-plugin',
      'ClusterRole calico-cni-plugin',
      'ClusterRoleBinding calico-cni-plugin',
      'ConfigMap cni-config',
      'DaemonSet calico-node',
      'ServiceAccount csi-node-driver',
      'CSIDriver csi.tigera.io',
      'DaemonSet csi-node-driver',
      'ServiceAccount calico-kube-controllers',
      'ClusterRole calico-kube-controllers',
      'ClusterRoleBinding calico-kube-controllers',
      'Deployment calico-kube-controllers',
    ]);
  });

  test('has nothing of certificates, not even of a signer', async () => {
    const signer = '{certificateManagement: {caCert: YWJj, signerName: example.com/signer}}';
    for (const input of [installation(), installation(signer)]) {
      const { output } = await render(input);
      expect(output).not.toMatch(/in-the-cluster|node-certs|typha|tigera-ca|\/etc\/pki|key-cert|csr/);
    }
  });

  test('leaves every other volume, mount, variable and annotation as an operator has it', async () => {
    const items = await renderItems(installation());
    const operators = testConsole(installation());
    await runRender(['-f', '-', '-o', 'json'], operators);
    const all = (JSON.parse(operators.output()) as { readonly items: readonly Item[] }).items;
    for (const name of ['calico-node', 'csi-node-driver', 'calico-kube-controllers']) {
      const find = (list: readonly Item[]) =>
        list.find(({ kind, metadata }) => /Dae|Dep/.test(kind) && metadata.name === name) as unknown as
          | DaemonSet
          | Deployment;
      const [ours, theirs] = [find(items), find(all)].map((workload) => workload.spec?.template);
      const parts = (template: typeof ours) => ({
        volumes: template?.spec?.volumes?.map((volume) => volume.name) ?? [],
        annotations: Object.keys(template?.metadata?.annotations ?? {}),
        mounts: template?.spec?.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath) ?? [],
        inits: template?.spec?.initContainers?.map((container) => container.name),
      });
      const isCertificate = /node-certs|tigera-ca-bundle|certs|pki|tigera-ca-private|\/system$/;
      const kept = (list: readonly string[]) => list.filter((each) => !isCertificate.test(each));
      const expected = parts(theirs);
      expect(parts(ours)).toEqual({
        ...expected,
        volumes: kept(expected.volumes),
        annotations: kept(expected.annotations),
        mounts: kept(expected.mounts),
      });
    }
  });

  test('has the value of a pull secret that is given', async () => {
    const secret = `---
apiVersion: v1
kind: Secret
metadata: {name: pull}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: '{}'}
`;
    const { output } = await render(installation('{imagePullSecrets: [{name: pull}]}') + secret);
    expect(output).toContain('.dockerconfigjson: e30=');
    expect(output).toMatch(/name: pull\n {2}namespace: calico-system/);
  });
});

describe('pools are what calico-node makes', () => {
  test('of the range of kubeadm where none is asked for', async () => {
    const env = await nodeEnv(installation());
    expect(poolsOf(env)).toEqual({
      CALICO_IPV4POOL_IPIP: 'Always',
      CALICO_IPV4POOL_VXLAN: 'Never',
      CALICO_IPV4POOL_NAT_OUTGOING: 'true',
      CALICO_IPV4POOL_BLOCK_SIZE: '26',
      CALICO_IPV4POOL_NODE_SELECTOR: 'all()',
      CALICO_IPV4POOL_DISABLE_BGP_EXPORT: 'false',
    });
    expect(env).toMatchObject({ CLUSTER_TYPE: 'k8s,bgp', FELIX_VXLANPORT: '4789', FELIX_HEALTHPORT: '9099' });
  });

  test('one of each family', async () => {
    const pools = `[{cidr: 10.1.0.0/16, encapsulation: VXLAN, natOutgoing: Disabled, blockSize: 24, nodeSelector: "a == 'b'"},
      {cidr: 'fd00::/48', encapsulation: VXLANCrossSubnet, natOutgoing: Enabled, disableBGPExport: true}]`;
    expect(poolsOf(await nodeEnv(network(`ipPools: ${pools}`)))).toEqual({
      CALICO_IPV4POOL_CIDR: '10.1.0.0/16',
      CALICO_IPV4POOL_IPIP: 'Never',
      CALICO_IPV4POOL_VXLAN: 'Always',
      CALICO_IPV4POOL_NAT_OUTGOING: 'false',
      CALICO_IPV4POOL_BLOCK_SIZE: '24',
      CALICO_IPV4POOL_NODE_SELECTOR: "a == 'b'",
      CALICO_IPV4POOL_DISABLE_BGP_EXPORT: 'false',
      CALICO_IPV6POOL_CIDR: 'fd00::/48',
      CALICO_IPV6POOL_VXLAN: 'CrossSubnet',
      CALICO_IPV6POOL_NAT_OUTGOING: 'true',
      CALICO_IPV6POOL_BLOCK_SIZE: '122',
      CALICO_IPV6POOL_NODE_SELECTOR: 'all()',
      CALICO_IPV6POOL_DISABLE_BGP_EXPORT: 'true',
    });
  });

  test('none of a family that is not asked for, and none at all where there is another IPAM', async () => {
    const ipv6 = await nodeEnv(network("ipPools: [{cidr: 'fd00::/48', encapsulation: None}]"));
    expect(ipv6).toMatchObject({ CALICO_IPV4POOL_CIDR: 'none', CALICO_IPV6POOL_CIDR: 'fd00::/48' });
    const other = await nodeEnv(installation('{cni: {type: AmazonVPC}}'));
    expect(poolsOf(other)).toEqual({ NO_DEFAULT_POOLS: 'true' });
    expect(other).toMatchObject({ FELIX_ROUTETABLERANGE: '65-99' });
  });
});

describe('refused is what needs an operator', () => {
  test.each([
    [[], installation('{typha: {mode: Always}}'), 'spec.typha.mode "Always": Typha is asked for'],
    [
      ['--nodes', '51'],
      installation(),
      'spec.typha.mode "Auto": Typha is needed with more than 50 nodes, and there are 51',
    ],
    [[], network('linuxDataplane: BPF'), 'spec.calicoNetwork.linuxDataplane "BPF"'],
    [[], network('clusterRoutingMode: Felix'), 'spec.calicoNetwork.clusterRoutingMode "Felix"'],
    [[], network('ipPools: [{cidr: 10.1.0.0/16, name: mine}]'), 'spec.calicoNetwork.ipPools[0].name "mine"'],
    [
      [],
      network('ipPools: [{cidr: 10.1.0.0/16, name: default-ipv4-ippool}, {cidr: 10.2.0.0/16}]'),
      'spec.calicoNetwork.ipPools[1].cidr "10.2.0.0/16"',
    ],
    [
      [],
      network('ipPools: [{cidr: 10.1.0.0/16, assignmentMode: Manual}]'),
      'ipPools[0].assignmentMode "Manual"',
    ],
    [[], network('ipPools: [{cidr: 10.1.0.0/16, allowedUses: [Workload]}]'), 'ipPools[0].allowedUses'],
    [
      [],
      network(
        "ipPools: [{cidr: 10.1.0.0/16}, {cidr: 'fd00::/48', encapsulation: None, disableNewAllocations: true}]",
      ),
      'ipPools[1].disableNewAllocations',
    ],
  ])('%j %s', async (args, input, said) => {
    const { code, output, errors } = await render(input, ...args);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors.join('\n')).toContain(said);
  });

  test('Windows nodes', async () => {
    const windows = `{serviceCIDRs: [10.96.0.0/12], calicoNetwork: {windowsDataplane: HNS, bgp: Disabled,
      ipPools: [{cidr: 10.1.0.0/16, encapsulation: VXLAN}]}}`;
    const facts = `---
apiVersion: v1
kind: ConfigMap
metadata: {name: kubernetes-services-endpoint}
data: {KUBERNETES_SERVICE_HOST: 10.0.0.1, KUBERNETES_SERVICE_PORT: '6443'}
---
apiVersion: crd.projectcalico.org/v1
kind: IPAMConfig
metadata: {name: default}
spec: {strictAffinity: true}
---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIPs: [10.96.0.10], ports: [{port: 53}]}
`;
    const { code, errors } = await render(installation(windows) + facts);
    expect({ code, errors: errors.join('\n') }).toEqual({
      code: 1,
      errors: expect.stringContaining('spec.calicoNetwork.windowsDataplane "HNS"'),
    });
  });

  test('but not without Typha, of any size', async () => {
    const { code, output } = await render(installation('{typha: {mode: Never}}'), '--nodes', '5000');
    expect(code).toBe(0);
    expect(output).not.toContain('For clusters of up to');
    expect((await render(installation('{typha: {nodeThreshold: 70}}'), '--nodes', '70')).output).toContain(
      'For clusters of up to 70 nodes',
    );
  });

  test('a number of nodes that is none', async () => {
    const { code, errors } = await render(installation(), '--nodes', 'many');
    expect({ code, error: errors[0] }).toEqual({
      code: 2,
      error: '--nodes "many" is no number of nodes: write for example 20',
    });
  });
});
