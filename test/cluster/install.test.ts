import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { AuditedRequest } from '../control-plane/audit-log.ts';
import { consistently, eventually } from '../control-plane/eventually.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  calicoNodePath,
  describeObject,
  describeRequest,
  holds,
  madeObjects,
  operatorInstalled,
  operatorReads,
  operatorRequests,
  operatorWrites,
  readInstallation,
  startLeader,
  stockSpec,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
const contract = useContractWatch(cluster);
let operator: Operator | undefined;

beforeEach(() => makeFresh(cluster(), operatorInstalled));
afterEach(async () => {
  await operator?.stop();
  operator = undefined;
});

const kubeadmConfig = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
  data: {
    ClusterConfiguration:
      'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking:\n  podSubnet: 10.85.0.0/16\n  serviceSubnet: 10.96.0.0/12\n',
  },
};

const expectedObjects = [
  'Namespace calico-system',
  'DaemonSet calico-system/calico-node',
  'DaemonSet calico-system/csi-node-driver',
  'Deployment calico-system/calico-kube-controllers',
  'ConfigMap calico-system/cni-config',
  'ConfigMap calico-system/tigera-ca-bundle',
  'ServiceAccount calico-system/calico-node',
  'ServiceAccount calico-system/calico-cni-plugin',
  'ServiceAccount calico-system/calico-kube-controllers',
  'ClusterRole calico-node',
  'ClusterRole calico-cni-plugin',
  'ClusterRole calico-kube-controllers',
  'ClusterRoleBinding calico-node',
  'CSIDriver csi.tigera.io',
  'Secret tigera-operator/tigera-ca-private',
  'Secret calico-system/node-certs',
  'IPPool default-ipv4-ippool',
  'FelixConfiguration default',
];

const isScoped = ({ uri }: AuditedRequest): boolean => /\/namespaces\/|(field|label)Selector=/.test(uri);
const clusterWide = ['nodes', 'installations', 'imagesets', 'tigerastatuses', 'ippools'];

describe.each([
  {
    name: 'the stock spec',
    spec: stockSpec as object,
    cidr: '192.168.0.0/16',
    encapsulation: { vxlanMode: 'CrossSubnet' },
  },
  { name: 'an empty spec', spec: {}, cidr: '192.168.0.0/16', encapsulation: { ipipMode: 'Always' } },
  {
    name: 'an empty spec on kubeadm',
    spec: {},
    cidr: '10.85.0.0/16',
    encapsulation: { ipipMode: 'Always' },
    kubeadm: true,
  },
])('$name', ({ spec, cidr, encapsulation, kubeadm }) => {
  test('comes up with few requests, rests, and rests after a restart', async () => {
    const { api, auditLog } = cluster();
    if (kubeadm) await api.create('/api/v1/namespaces/kube-system/configmaps', kubeadmConfig);
    const beginning = await auditLog.mark();
    operator = await startLeader(cluster());
    const mark = await auditLog.mark();
    await applyInstallation(api, spec);
    const ready = await untilReady(api);
    await untilQuiet(cluster());

    const objects = await madeObjects(api);
    expect(objects.map(describeObject)).toEqual(expect.arrayContaining(expectedObjects));
    expect(await api.get('/apis/crd.projectcalico.org/v1/ippools/default-ipv4-ippool')).toMatchObject({
      spec: { cidr, ...encapsulation },
    });
    expect(ready.spec).toEqual((await readInstallation(api)).spec);
    expect(ready.status).toMatchObject({
      variant: 'Calico',
      computed: { calicoNetwork: { ipPools: [{ cidr }] } },
    });
    for (const component of ['calico', 'ippools']) {
      expect(
        holds(await api.get(`/apis/operator.tigera.io/v1/tigerastatuses/${component}`), 'Available'),
      ).toBe(true);
    }

    const writes = await operatorWrites(cluster(), mark);
    const reads = await operatorReads(cluster(), mark);
    // The surplus is shown, so that a failure says which requests there were.
    expect(beyond(writes, objects.length + 12)).toEqual([]);
    expect(beyond(reads, 15)).toEqual([]);
    expectScopedWatches(await operatorRequests(cluster(), beginning));

    await expectRest(20_000);
    const before = await revisions();
    await operator.stop();
    const restarted = await auditLog.mark();
    operator = await startLeader(cluster());
    await eventually(async () => (await reconciles(operator)) > 0, { description: 'a first pass' });
    await untilQuiet(cluster(), 2000);
    expect((await operatorWrites(cluster(), restarted)).map(describeRequest)).toEqual([]);
    expect(await revisions()).toEqual(before);
    expect(contract().revisions).toBeGreaterThan(3);
  });
});

test('what users add to our objects and to the Installation stays', async () => {
  const { api } = cluster();
  operator = await startLeader(cluster());
  await applyInstallation(api);
  await untilReady(api);
  const theirs = { labels: { 'example.test/team': 'net' }, annotations: { 'example.test/note': 'keep' } };
  const paths = [
    calicoNodePath,
    '/api/v1/namespaces/calico-system',
    '/apis/operator.tigera.io/v1/installations/default',
  ];
  for (const path of paths) await api.mergePatch(path, { metadata: theirs });
  await applyInstallation(api, { ...stockSpec, nodeMetricsPort: 9091 });
  await eventually(async () => holds(await readInstallation(api), 'Ready'));
  await untilQuiet(cluster());
  for (const path of paths) expect((await api.get(path)).metadata).toMatchObject(theirs);
});

const beyond = (requests: readonly AuditedRequest[], limit: number): readonly string[] =>
  requests.length > limit ? requests.map(describeRequest) : [];

test('what the spec no longer asks for goes', async () => {
  const { api } = cluster();
  const typha = '/apis/apps/v1/namespaces/calico-system/deployments/calico-typha';
  operator = await startLeader(cluster());
  await applyInstallation(api, { ...stockSpec, typha: { mode: 'Always' } });
  await untilReady(api);
  expect((await madeObjects(api)).map(describeObject)).toContain('Deployment calico-system/calico-typha');
  await applyInstallation(api, { ...stockSpec, typha: { mode: 'Never' }, kubeletVolumePluginPath: 'None' });
  await untilReady(api);
  await eventually(async () => (await api.find(typha)) === undefined);
  await untilQuiet(cluster());
  const left = (await madeObjects(api)).map(describeObject);
  expect(
    left.filter((name) => /csi/.test(name) || /^(?!Secret|ClusterRole|ServiceAccount).*typha/.test(name)),
  ).toEqual([]);
});

/** Watches that were opened while one process lived. */
function expectScopedWatches(requests: readonly AuditedRequest[]): void {
  const watches = requests.filter(({ verb, code }) => verb === 'watch' && code < 400);
  const distinct = new Map(
    watches.map((watch) => [
      watch.uri.replace(
        /[?&](resourceVersion|timeoutSeconds|allowWatchBookmarks|sendInitialEvents|resourceVersionMatch)=[^&]*/g,
        '',
      ),
      watch,
    ]),
  );
  expect(distinct.size).toBeLessThanOrEqual(28);
  expect(distinct.size).toBeGreaterThan(15);
  const wide = [...distinct.values()].filter((watch) => !isScoped(watch)).map(({ resource }) => resource);
  expect(wide.filter((resource) => !clusterWide.includes(resource))).toEqual([]);
}

async function expectRest(duration: number): Promise<void> {
  const mark = await cluster().auditLog.mark();
  await consistently(
    async () => {
      expect((await operatorWrites(cluster(), mark)).map(describeRequest)).toEqual([]);
    },
    duration,
    1000,
  );
}

async function revisions(): Promise<readonly string[]> {
  return (await madeObjects(cluster().api))
    .map((object) => `${describeObject(object)} ${revisionOf(object)}`)
    .sort();
}

// Status of workloads is changed by others.
const revisionOf = ({ metadata }: KubeObject): string =>
  metadata.generation === undefined ? (metadata.resourceVersion ?? '') : String(metadata.generation);

async function reconciles(of: Operator | undefined): Promise<number> {
  const text = await (await fetch(`${of?.url ?? ''}/metrics`)).text();
  // Whatever came of them: one that comes again at a certificate's review counts apart from the others.
  const counts = [...text.matchAll(/^controller_runtime_reconcile_total\{[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
