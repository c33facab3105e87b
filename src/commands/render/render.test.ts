import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { testConsole } from '../testing.ts';
import { runRender } from './render.ts';

const directory = mkdtempSync(join(tmpdir(), 'calico-operator-render-'));
afterAll(() => rmSync(directory, { recursive: true }));

const installation = `apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
`;
const small = `${installation}spec:
  registry: registry.example.com/
  calicoNetwork:
    ipPools:
    - cidr: 10.244.0.0/16
      encapsulation: VXLAN
`;
const node = (name: string): string => `---
apiVersion: v1
kind: Node
metadata:
  name: ${name}
  labels: {kubernetes.io/os: linux}
`;

async function render(input: string, ...args: readonly string[]) {
  const console = testConsole(input);
  const code = await runRender(['-f', '-', ...args], console);
  return { code, output: console.output(), errors: console.errors() };
}

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

async function renderItems(input: string, ...args: readonly string[]): Promise<readonly Item[]> {
  const { output, errors } = await render(input, '-o', 'json', ...args);
  expect(errors).toEqual([]);
  return (JSON.parse(output) as { readonly items: readonly Item[] }).items;
}

/** The document of an object. */
function documentOf(output: string, kind: string, name: string): string | undefined {
  return output.split('---\n').find((text) => text.includes(`kind: ${kind}\nmetadata:\n  name: ${name}\n`));
}

describe('a small Installation', () => {
  test('gives these objects', async () => {
    const names = (await renderItems(small)).map(
      ({ kind, metadata: { namespace, name } }) =>
        `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    );
    expect(names).toEqual([
      'Namespace calico-system',
      'RoleBinding calico-system/tigera-operator-secrets',
      'Secret tigera-operator/tigera-ca-private',
      'Secret tigera-operator/node-certs',
      'Secret tigera-operator/typha-certs',
      'ConfigMap calico-system/tigera-ca-bundle',
      'Secret calico-system/node-certs',
      'Secret calico-system/typha-certs',
      'FelixConfiguration default',
      'IPPool default-ipv4-ippool',
      'ServiceAccount calico-system/calico-node',
      'ClusterRole calico-node',
      'ClusterRoleBinding calico-node',
      'ServiceAccount calico-system/calico-cni-plugin',
      'ClusterRole calico-cni-plugin',
      'ClusterRoleBinding calico-cni-plugin',
      'ConfigMap calico-system/cni-config',
      'DaemonSet calico-system/calico-node',
      'ServiceAccount calico-system/csi-node-driver',
      'CSIDriver csi.tigera.io',
      'DaemonSet calico-system/csi-node-driver',
      'ServiceAccount calico-system/calico-kube-controllers',
      'ClusterRole calico-kube-controllers',
      'ClusterRoleBinding calico-kube-controllers',
      'Deployment calico-system/calico-kube-controllers',
    ]);
  });

  test('prints them as people read them', async () => {
    const { code, output, errors } = await render(small);
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(documentOf(output, 'IPPool', 'default-ipv4-ippool')).toBe(`apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata:
  name: default-ipv4-ippool
  labels:
    app.kubernetes.io/managed-by: tigera-operator
spec:
  allowedUses:
  - Workload
  - Tunnel
  assignmentMode: Automatic
  blockSize: 26
  cidr: 10.244.0.0/16
  ipipMode: Never
  natOutgoing: true
  nodeSelector: all()
  vxlanMode: Always
`);
    expect(documentOf(output, 'Secret', 'node-certs')).toContain(`stringData:
  tls.crt: (not shown)
  tls.key: (not shown)
`);
    expect(output).toContain('image: registry.example.com/calico/node:');
  });

  test('gives the same bytes each time', async () => {
    expect((await render(small)).output).toBe((await render(small)).output);
  });
});

describe('context', () => {
  const kindsOf = (items: readonly Item[]) => items.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

  test('many nodes bring Typha, deployed and used', async () => {
    const nodes = Array.from({ length: 60 }, (_, index) => node(`n${index}`)).join('');
    const items = await renderItems(small + nodes);
    expect(kindsOf(items)).toContain('Deployment calico-typha');
    expect(JSON.stringify(items.find(({ kind }) => kind === 'DaemonSet'))).toContain(
      'FELIX_TYPHAK8SSERVICENAME',
    );
    expect(kindsOf(await renderItems(small))).not.toContain('Deployment calico-typha');
  });

  test('kubeadm’s pod network becomes the pool', async () => {
    const kubeadm = `---
apiVersion: v1
kind: ConfigMap
metadata: {name: kubeadm-config, namespace: kube-system}
data:
  ClusterConfiguration: "networking:\\n  podSubnet: 10.99.0.0/16\\n"
`;
    const items = await renderItems(installation + kubeadm);
    expect(items.find(({ kind }) => kind === 'IPPool')).toMatchObject({ spec: { cidr: '10.99.0.0/16' } });
  });

  test('the overlay, an ImageSet and a pull secret count; a List may hold them', async () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'operator.tigera.io/v1',
          kind: 'Installation',
          metadata: { name: 'overlay' },
          spec: { registry: 'mirror.example.com/', imagePullSecrets: [{ name: 'pull' }] },
        },
        // Without a namespace, and as people write it.
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pull' }, stringData: { a: 'hush hush' } },
        { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'passed-over' } },
      ],
    });
    const { code, output, errors } = await render(`${small}---\n${list}`, '--operator-namespace', 'ops');
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(output).toContain('image: mirror.example.com/calico/node:');
    expect(documentOf(output, 'Secret', 'pull')).toContain('a: (not shown)');
    expect(output).not.toContain('hush');
    expect(output).toContain('namespace: ops\n');
    expect(output).not.toContain('namespace: tigera-operator\n');
  });

  const configMap = (name: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: kube-system}`;

  test.each([
    ['EKS', configMap('aws-auth')],
    ['RKE2', configMap('rke2')],
    ['Kind', 'apiVersion: v1\nkind: Node\nmetadata: {name: k}\nspec: {providerID: kind://docker/k/k}'],
    ['OpenShift', 'apiVersion: config.openshift.io/v1\nkind: ClusterVersion\nmetadata: {name: version}'],
  ])('%s is recognised by its signs', async (platform, sign) => {
    const { errors } = await render(`${installation}spec: {kubernetesProvider: TKG}\n---\n${sign}\n`);
    expect(errors.join()).toContain(
      `-:5: Installation default: spec.kubernetesProvider "TKG": the cluster is ${platform}`,
    );
  });

  test('a pool of somebody else’s in the cluster is not rendered over', async () => {
    const pool = `---
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: theirs}
spec: {cidr: 10.244.128.0/17}
`;
    const { code, errors } = await render(small + pool);
    expect(code).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /^-:9: Installation default: spec\.calicoNetwork\.ipPools\[0\]\.cidr "10\.244\.0\.0\/16": it overlaps/,
    );
  });
});

describe('mistakes name file, line, object, field, value and cure', () => {
  const inSpec = (spec: string): string => `${installation}spec:\n${spec}`;

  test.each([
    ['', 'standard input: no Installation named default among 0 objects. Add one'],
    [
      inSpec('  registri: x'),
      '-:6: Installation default: spec.registri: there is no such field. Write registry, or leave it out.',
    ],
    [
      inSpec('  variant: Tigera'),
      '-:6: Installation default: spec.variant "Tigera": it is none of the values',
    ],
    [
      inSpec('  calicoNetwork:\n    mtu: "1450"'),
      '-:7: Installation default: spec.calicoNetwork.mtu "1450": it must be a whole number. Write a whole number without quotes.',
    ],
    [
      inSpec('  calicoNetwork:\n    ipPools:\n    - blockSize: 26'),
      '-:8: Installation default: spec.calicoNetwork.ipPools[0].cidr: it is missing. Add cidr.',
    ],
    [
      inSpec('  calicoNetwork:\n    ipPools:\n    - cidr: 10.0.0.0/40'),
      '-:8: Installation default: spec.calicoNetwork.ipPools[0].cidr "10.0.0.0/40": ',
    ],
    [
      inSpec('  imagePullSecrets:\n  - name: gone'),
      '-:7: Installation default: spec.imagePullSecrets[0].name "gone": there is no Secret tigera-operator/gone.',
    ],
    [
      installation.replace('default', 'mine'),
      '-:4: Installation mine: metadata.name "mine": only Installations named default and overlay are acted on. Name it default.',
    ],
    [
      installation.replace('kind: Installation', 'kind: Instalation'),
      '-:2: Instalation default: kind "Instalation": there is no such kind. Write Installation.',
    ],
    [
      installation.replace('/v1', '/v2'),
      '-:1: Installation default: apiVersion "operator.tigera.io/v2": Installation is not served in this version. Write operator.tigera.io/v1.',
    ],
    [
      `${small}---\n${small}`,
      '-:1: Installation default: it is given again at -:12. Leave one of the two out.',
    ],
    ['a: [', '-:'],
    ['kind: Node', '-:1: apiVersion is missing'],
  ])('%j', async (input, start) => {
    const { code, output, errors } = await render(input);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors[0]?.slice(0, start.length)).toBe(start);
  });

  test('all at once, in the order of the lines', async () => {
    const pools =
      '    ipPools:\n    - cidr: 10.1.0.0/16\n      blockSize: 8\n    - cidr: fd00::/64\n      encapsulation: IPIP\n';
    const { errors } = await render(inSpec(`  calicoNetwork:\n${pools}`));
    const lines = errors.map((line) => Number(/^-:(\d+): /.exec(line)?.[1]));
    expect(new Set(lines).size).toBeGreaterThan(1);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  test('what is only worth a remark does not stop it', async () => {
    const hostBits = small.replace('10.244.0.0/16', '10.244.3.0/16');
    const unknown =
      '---\napiVersion: operator.tigera.io/v1\nkind: ManagementClusterConnection\nmetadata: {name: a}\n';
    const felix =
      '---\napiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\nmetadata: {name: default}\nspec: {ofTomorrow: 1}\n';
    const { code, output, errors } = await render(hostBits + unknown + felix);
    expect(code).toBe(0);
    expect(output).toContain('cidr: 10.244.0.0/16');
    expect(errors).toEqual([
      expect.stringMatching(
        /^warning: -:13: ManagementClusterConnection a: kind: this release has no such kind/,
      ),
      expect.stringMatching(
        /^warning: -:19: FelixConfiguration default: spec\.ofTomorrow: there is no such field/,
      ),
      expect.stringMatching(
        /^warning: -:9: Installation default: spec\.calicoNetwork\.ipPools\[0\]\.cidr "10\.244\.3\.0\/16"/,
      ),
    ]);
  });

  test('a Secret of the operator’s namespace that is no certificate', async () => {
    const secret =
      '---\napiVersion: v1\nkind: Secret\nmetadata: {name: node-certs, namespace: tigera-operator}\ndata:\n  tls.crt: eA==\n  tls.key: eA==\n';
    const { code, errors } = await render(small + secret);
    expect(code).toBe(1);
    expect(errors[0]).toBe(
      '-:16: Secret tigera-operator/node-certs: data[tls.crt]: it is no PEM certificate. Put a working key and certificate into the Secret, or delete it to have one issued.',
    );
  });
});

describe('files', () => {
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };

  test('a directory is read in the order of names, and only what is YAML or JSON', async () => {
    file('b.yaml', small);
    file('a.json', JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }));
    file('notes.txt', 'a: [');
    const console = testConsole();
    expect(await runRender(['-f', directory, '-f', join(directory, 'b.yaml')], console)).toBe(0);
    expect(console.errors()).toEqual([]);
  });

  test('mistakes of all files come at once', async () => {
    const bad = [file('x1.yml', 'kind: Node'), file('x2.yml', '\na: [')];
    const console = testConsole();
    expect(
      await runRender(
        bad.flatMap((path) => ['-f', path]),
        console,
      ),
    ).toBe(1);
    expect(console.errors()).toEqual([
      expect.stringContaining(`${bad[0]}:1: apiVersion is missing`),
      expect.stringMatching(/x2\.yml:\d+: not readable as YAML or JSON/),
    ]);
    bad.forEach((path) => rmSync(path));
  });

  test.each([
    [['-f', join(directory, 'none.yaml')], /none\.yaml: the file cannot be read \(ENOENT\)\. Check the path/],
    [[], /^no input: pass -f FILE/],
    [['-f', 'a', '--ouptut', 'json'], /^unknown flag --ouptut: did you mean --output\?/],
  ])('%j ends with exit code 2', async (args, message) => {
    const console = testConsole();
    expect(await runRender(args, console)).toBe(2);
    expect(console.errors()[0]).toMatch(message);
    expect(console.output()).toBe('');
  });
});

test('the help has examples and every flag', async () => {
  const console = testConsole();
  expect(await runRender(['--help'], console)).toBe(0);
  for (const part of [
    '--filename FILE',
    '--output yaml|json',
    '--operator-namespace',
    'Examples:',
    'Exit code:',
  ]) {
    expect(console.output()).toContain(part);
  }
});
