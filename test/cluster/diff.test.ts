import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { FelixConfiguration } from '../../src/api/calico.ts';
import type { DaemonSet, KubeObject } from '../../src/api/kubernetes.ts';
import { comparable, shownSides } from '../../src/commands/diff/shown.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import {
  applyInstallation,
  describeObject,
  describeRequest,
  installation,
  madeObjects,
  operatorInstalled,
  startInstalled,
  stockSpec,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import {
  ageFelixConfiguration,
  applyApiServers,
  applyKubeProxy,
  felixPath,
  handOverSteps,
  kubeProxyPath,
  untilKubeProxyIs,
} from './kube-proxy.ts';
import { applyManifest, readManifest } from './manifests.ts';
import { buildOperator, type Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
const viewer = { namespace: 'default', name: 'viewer' } as const;
const viewerUser = `system:serviceaccount:${viewer.namespace}:${viewer.name}`;
let operator: Operator;
let viewersKubeconfig: string;

/** What was predicted for the empty cluster. */
let installed: Report;

beforeAll(async () => {
  const { api } = cluster();
  await admitViewer();
  installed = await reportOf(stockSpec);
  // As in a pod.
  const service = await api.get('/api/v1/namespaces/default/services/kubernetes');
  const { clusterIP } = service['spec'] as { readonly clusterIP: string };
  operator = await startInstalled(cluster(), stockSpec, {
    env: { KUBERNETES_SERVICE_HOST: clusterIP, KUBERNETES_SERVICE_PORT: '443' },
  });
  await bindSecrets('calico-system');
});
afterAll(async () => {
  await operator.stop();
});

/** A user with the rights of deploy/manifests/viewer.yaml, and no other. */
async function admitViewer(): Promise<void> {
  const { api } = cluster();
  await applyManifest(api, await readManifest(join(repository, 'deploy', 'manifests', 'viewer.yaml')));
  await api.create('/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: viewer.name },
  });
  await bind(`${rbac}/clusterrolebindings`, 'ClusterRoleBinding', 'calico-operator-viewer');
  await bindSecrets('tigera-operator');
  viewersKubeconfig = await cluster().kubeconfigFor(viewer);
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';

function bindSecrets(namespace: string): Promise<void> {
  return bind(`${rbac}/namespaces/${namespace}/rolebindings`, 'RoleBinding', 'calico-operator-secret-viewer');
}

async function bind(path: string, kind: string, role: string): Promise<void> {
  await cluster().api.create(path, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name: 'viewers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', ...viewer }],
  });
}

interface Told {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Report {
  readonly result: string;
  readonly summary: readonly string[];
  readonly objects: readonly {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly action: string;
    readonly class: string;
    readonly effect: object;
    readonly because: readonly string[];
    readonly after?: KubeObject;
  }[];
  readonly steps: readonly {
    readonly afterSeconds: number;
    readonly waitedFor: readonly string[];
    readonly objects: readonly { readonly kind: string; readonly name: string; readonly effect: object }[];
  }[];
}

/** Runs the shipped program as the viewer. */
async function diff(spec: object | undefined, ...args: readonly string[]): Promise<Told> {
  const input = spec === undefined ? [] : ['-f', '-'];
  const child = spawn(process.execPath, [await buildOperator(), 'diff', ...input, ...args], {
    env: { PATH: process.env['PATH'], KUBECONFIG: viewersKubeconfig },
    stdio: 'pipe',
  });
  child.stdin.end(spec === undefined ? '' : JSON.stringify(installation(spec)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, output, errors };
}

async function reportOf(spec: object): Promise<Report> {
  const { code, output, errors } = await diff(spec, '-o', 'json');
  if (code !== 0 && code !== 1) throw new Error(`exit code ${code ?? '?'}: ${errors}`);
  return JSON.parse(output) as Report;
}

const nameOf = ({ kind, namespace, name }: Report['objects'][number]): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

test('what is live differs in nothing: no output, exit code 0, whether the file or the cluster has it', async () => {
  expect(await diff(stockSpec)).toEqual({ code: 0, output: '', errors: '' });
  expect(await diff(undefined)).toEqual({ code: 0, output: '', errors: '' });
});

test('a setting of calico-node rolls its DaemonSet', async () => {
  const { code, output, errors } = await diff({ ...stockSpec, nodeMetricsPort: 9091 });
  expect({ code, errors }).toEqual({ code: 1, errors: '' });
  expect(output).toContain("+        - name: FELIX_PROMETHEUSMETRICSPORT\n+          value: '9091'\n");
  expect(output.split('\n').at(-2)).toBe(
    '1 object changes: rolls 3 pods of DaemonSet calico-system/calico-node, one at a time.',
  );
});

test('a label of the DaemonSet restarts nothing', async () => {
  const labelled = { ...stockSpec, calicoNodeDaemonSet: { metadata: { labels: { team: 'net' } } } };
  const { objects, summary } = await reportOf(labelled);
  expect(objects.map((object) => [nameOf(object), object.class, object.effect])).toEqual([
    ['DaemonSet calico-system/calico-node', 'no restart', { kind: 'none' }],
  ]);
  expect(summary).toEqual(['1 object changes: no restart.']);
});

test('another encapsulation is disruptive, and says why', async () => {
  const [pool] = stockSpec.calicoNetwork.ipPools;
  const switched = { calicoNetwork: { ipPools: [{ ...pool, encapsulation: 'IPIP' }] } };
  const { objects, summary } = await reportOf(switched);
  expect(objects.find(({ kind }) => kind === 'IPPool')).toMatchObject({
    class: 'disruptive',
    because: [expect.stringMatching(/packets between pods of different nodes get lost/)],
  });
  expect(summary.join('\n')).toMatch(/^Disruptive: IPPool default-ipv4-ippool .*VXLANCrossSubnet → IPIP: /m);
});

test('a refused spec names field, value and cure, and is no difference', async () => {
  const [pool] = stockSpec.calicoNetwork.ipPools;
  const { code, output, errors } = await diff({ calicoNetwork: { ipPools: [{ ...pool, blockSize: 27 }] } });
  expect({ code, output }).toEqual({ code: 3, output: '' });
  expect(errors).toMatch(
    /^-:1: Installation default: spec\.calicoNetwork\.ipPools\[0\]\.blockSize "27": .*Set blockSize to 26/,
  );
});

test('drift is what would be repaired', async () => {
  const { api } = cluster();
  await operator.signal('SIGSTOP');
  try {
    const path = '/apis/crd.projectcalico.org/v1/ippools/default-ipv4-ippool';
    await api.mergePatch(path, { spec: { natOutgoing: false } });
    const { code, output } = await diff(undefined);
    expect(code).toBe(1);
    expect(output).toMatch(/^- {2}natOutgoing: false\n\+ {2}natOutgoing: true$/m);
  } finally {
    await operator.signal('SIGCONT');
    await untilQuiet(cluster());
  }
});

test('reads only: no request of its user or user agent is anything but get, list or watch', async () => {
  const mark = await cluster().auditLog.mark();
  await diff({ ...stockSpec, nodeMetricsPort: 9091 });
  const byUser = await cluster().auditLog.since(mark, { user: viewerUser });
  const byAgent = await cluster().auditLog.since(mark, { userAgent: /^calico-operator\/.*diff/ });
  expect(byUser.length).toBeGreaterThan(20);
  expect(byAgent).toHaveLength(byUser.length);
  const others = byUser.filter(({ verb, code }) => !['get', 'list', 'watch'].includes(verb) || code === 403);
  expect(others.map(describeRequest)).toEqual([]);
});

test('says which permission is missing, and nothing else', async () => {
  await cluster().api.delete(`${rbac}/namespaces/calico-system/rolebindings/viewers`);
  try {
    const { code, output, errors } = await diff(stockSpec);
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(
      /^You may not:\n {2}list secrets in namespace calico-system\nWithout that.*viewer\.yaml\.\n$/,
    );
  } finally {
    await bindSecrets('calico-system');
  }
});

/** What only the cluster gives: certificates and their hashes, and the uid of the Installation. */
function exceptStandIns(value: unknown): unknown {
  if (typeof value === 'string') {
    return /(issued-in|given-by)-the-cluster/.test(value) ? expect.anything() : value;
  }
  if (Array.isArray(value)) return value.map(exceptStandIns);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, exceptStandIns(item)]));
}

const contents = async (): Promise<ReadonlyMap<string, KubeObject>> =>
  new Map((await madeObjects(cluster().api)).map((object) => [describeObject(object), object]));

const contentOf = (object: KubeObject | undefined): string =>
  object === undefined ? '' : JSON.stringify(shownSides(comparable(object), undefined).before);

describe('what is predicted is what the operator then does', () => {
  const [pool] = stockSpec.calicoNetwork.ipPools;
  const second = { ...pool, name: 'second', cidr: '10.77.0.0/16' };
  const specs: readonly (readonly [string, object])[] = [
    ['a metrics port', { ...stockSpec, nodeMetricsPort: 9091 }],
    ['a label', { ...stockSpec, calicoNodeDaemonSet: { metadata: { labels: { team: 'net' } } } }],
    ['another data plane', { calicoNetwork: { ...stockSpec.calicoNetwork, linuxDataplane: 'Nftables' } }],
    ['Typha', { ...stockSpec, typha: { mode: 'Always' } }],
    [
      'no Typha, another registry',
      { ...stockSpec, registry: 'registry.example.com/', typha: { mode: 'Never' } },
    ],
    ['no CSI driver', { ...stockSpec, kubeletVolumePluginPath: 'None' }],
    ['a second pool', { calicoNetwork: { ipPools: [pool, second] } }],
    ['only the second pool', { calicoNetwork: { ipPools: [second], mtu: 1400 } }],
    ['the stock spec again', stockSpec],
  ];

  test('on an empty cluster', async () => {
    const { objects, summary } = installed;
    const made = new Map(
      (await madeObjects(cluster().api)).map((object) => [describeObject(object), object]),
    );
    expect(objects.map(nameOf).sort()).toEqual([...made.keys()].sort());
    expect(summary[0]).toMatch(/starts 3 pods of DaemonSet calico-system\/calico-node/);
    // The name of an authority tells when it was made.
    for (const object of objects.filter(({ kind }) => kind !== 'Secret')) {
      const { after } = shownSides(undefined, made.get(nameOf(object)));
      expect(after).toMatchObject(exceptStandIns(object.after) as object);
    }
  });

  test('through a life', async () => {
    const { api } = cluster();
    for (const [name, spec] of specs) {
      const before = await contents();
      const { objects } = await reportOf(spec);
      await applyInstallation(api, spec);
      await untilReady(api);
      await untilQuiet(cluster());
      const after = await contents();
      const touched = [...new Set([...before.keys(), ...after.keys()])].filter(
        (key) => contentOf(before.get(key)) !== contentOf(after.get(key)),
      );
      expect([name, objects.map(nameOf).sort()]).toEqual([name, touched.sort()]);
      for (const object of objects) {
        const made = after.get(nameOf(object));
        if (object.after === undefined || made === undefined) {
          expect([nameOf(object), object.action, made]).toEqual([nameOf(object), 'delete', undefined]);
        } else if (object.kind !== 'Secret') {
          expect(shownSides(undefined, made).after).toMatchObject(object.after);
        }
      }
      expect([name, await diff(spec)]).toMatchObject([name, { code: 0, output: '' }]);
    }
  });
});

describe('what is held back at first comes in the steps that were told', () => {
  const bpf = {
    calicoNetwork: {
      ...stockSpec.calicoNetwork,
      linuxDataplane: 'BPF',
      bpfNetworkBootstrap: 'Enabled',
      kubeProxyManagement: 'Enabled',
    },
  };
  const told = ({ steps }: Report): readonly (readonly string[])[] =>
    steps.map(({ objects }) => objects.map(({ kind, name }) => `${kind} ${name}`));
  const [felix, node, proxy] = [
    'FelixConfiguration default',
    'DaemonSet calico-node',
    'DaemonSet kube-proxy',
  ];

  beforeAll(async () => {
    const { api } = cluster();
    await applyKubeProxy(api);
    await applyApiServers(api, '10.0.0.1');
    await untilPasses(async () =>
      expect((await api.get<DaemonSet>(kubeProxyPath)).status?.numberAvailable).toBe(3),
    );
  });

  test('BPF, and kube-proxy away', async () => {
    const { api, auditLog } = cluster();
    const report = await reportOf(bpf);
    expect(told(report)).toEqual([[node], [felix], [proxy]]);
    expect(report.steps.map(({ afterSeconds }) => afterSeconds)).toEqual([0, 0, 100]);
    expect(report.objects.find(({ name }) => name === 'kube-proxy')).toMatchObject({
      class: 'disruptive',
      effect: { kind: 'stops', pods: 3 },
    });
    const mark = await auditLog.mark();
    await applyInstallation(api, bpf);
    await untilPasses(async () =>
      expect((await api.get<FelixConfiguration>(felixPath)).spec?.bpfEnabled).toBe(true),
    );
    await ageFelixConfiguration(api);
    await untilKubeProxyIs(api, 'off');
    await untilReady(api);
    await untilQuiet(cluster());
    expect(await handOverSteps(cluster(), mark)).toEqual([
      'patch calico-node',
      'patch felix',
      'patch kube-proxy',
    ]);
    expect(await diff(bpf)).toMatchObject({ code: 0, output: '' });
  });

  test('and back', async () => {
    const { api, auditLog } = cluster();
    const report = await reportOf(stockSpec);
    expect(told(report)).toEqual([[proxy], [felix, node]]);
    expect(report.objects.find(({ name }) => name === 'kube-proxy')).toMatchObject({
      class: 'disruptive',
      effect: { kind: 'starts', pods: 3 },
    });
    const mark = await auditLog.mark();
    await applyInstallation(api, stockSpec);
    await untilPasses(async () =>
      expect((await api.get<FelixConfiguration>(felixPath)).spec?.bpfEnabled).toBe(false),
    );
    await untilReady(api);
    await untilQuiet(cluster());
    expect(await handOverSteps(cluster(), mark)).toEqual([
      'patch kube-proxy',
      'patch felix',
      'patch calico-node',
    ]);
    await untilKubeProxyIs(api, 'on');
    expect(await diff(stockSpec)).toMatchObject({ code: 0, output: '' });
  });
});
