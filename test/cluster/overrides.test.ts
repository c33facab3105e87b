import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';

import type { Installation } from '../../src/api/installation.ts';
import type { DaemonSet, Deployment, PodSpec } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  describeRequest,
  holds,
  installation,
  installationPath,
  operatorInstalled,
  operatorWrites,
  readInstallation,
  startInstalled,
  startLeader,
  stockSpec,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator;

const secret = 'hunter2-is-never-shown';
const baseSpec = { ...stockSpec, typha: { mode: 'Always' } };
const apps = '/apis/apps/v1/namespaces/calico-system';

/** What every block gets, for the container of that name. */
const additions = (container: string, args: readonly string[]) => ({
  priorityClassName: 'extra',
  volumes: [
    { name: 'extra', secret: { secretName: 'extra', optional: true } },
    { name: 'extra-memory', emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } },
    {
      name: 'extra-token',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token' } },
          { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        ],
      },
    },
  ],
  containers: [
    {
      name: container,
      env: [
        { name: 'EXTRA_PASSWORD', value: secret },
        { name: 'EXTRA_HOST', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
        { name: 'EXTRA_CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1000m' } } },
      ],
      args,
      volumeMounts: [
        { name: 'extra', mountPath: '/etc/extra', readOnly: true },
        { name: 'extra-token', mountPath: '/var/extra' },
      ],
    },
  ],
});
const override = (pod: object) => ({ spec: { template: { spec: pod } } });

const nodeAdditions = additions('calico-node', ['start_runit', `--password=${secret}`]);
const overridden = {
  ...baseSpec,
  calicoNodeDaemonSet: override({
    ...nodeAdditions,
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['169.254.20.10'], options: [{ name: 'ndots', value: '2' }] },
    initContainers: [
      { name: 'install-cni', env: [{ name: 'EXTRA', value: 'cni' }], resources: { limits: { cpu: 1 } } },
      { name: 'mount-bpffs', args: ['-extra'] },
    ],
  }),
  csiNodeDriverDaemonSet: override({
    ...additions('calico-csi', ['--loglevel=debug']),
    tolerations: [],
    affinity: {},
  }),
  calicoKubeControllersDeployment: override(additions('calico-kube-controllers', ['--extra'])),
  typhaDeployment: override({
    ...additions('calico-typha', ['--extra']),
    terminationGracePeriodSeconds: 60,
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
  }),
};

const workloads = [
  { path: `${apps}/daemonsets/calico-node`, container: 'calico-node' },
  { path: `${apps}/daemonsets/csi-node-driver`, container: 'calico-csi' },
  { path: `${apps}/deployments/calico-kube-controllers`, container: 'calico-kube-controllers' },
  { path: `${apps}/deployments/calico-typha`, container: 'calico-typha' },
] as const;

const read = (path: string) => cluster().api.get<DaemonSet | Deployment>(path);

async function podOf(path: string): Promise<PodSpec> {
  const pod = (await read(path)).spec?.template.spec;
  if (pod === undefined) throw new Error(`${path} has no pod`);
  return pod;
}

const pods = () => Promise.all(workloads.map(({ path }) => podOf(path)));
const generations = async () =>
  (await Promise.all(workloads.map(({ path }) => read(path)))).map(({ metadata }) => metadata.generation);

/** A restart of calico-node on three nodes, one after the other, takes its time on a busy machine. */
const ready = () => untilReady(cluster().api);

async function degraded(generation = 0): Promise<string> {
  return eventually(async () => {
    const { status } = await readInstallation(cluster().api);
    const found = status?.conditions?.find(({ type }) => type === 'Degraded');
    return found?.status === 'True' && (found.observedGeneration ?? 0) >= generation
      ? found.message
      : undefined;
  });
}

/** What admission says to a spec; undefined if it accepts it. */
const refusal = (spec: object): Promise<string | undefined> =>
  cluster()
    .api.request('PATCH', `${installationPath}?force=true&fieldManager=user&dryRun=All`, {
      json: installation(spec),
      contentType: 'application/apply-patch+yaml',
    })
    .then(() => undefined, String);

let original: readonly PodSpec[];

beforeAll(async () => {
  await cluster().api.create('/apis/scheduling.k8s.io/v1/priorityclasses', {
    metadata: { name: 'extra' },
    value: 1_000_000,
  });
  operator = await startInstalled(cluster(), baseSpec);
  original = await pods();
});
afterAll(() => operator.stop());
beforeEach(async () => {
  await applyInstallation(cluster().api, baseSpec);
  await ready();
});

test('variables, arguments, mounts, volumes and priority reach every workload, rest, and leave nothing behind', async () => {
  const { api, auditLog } = cluster();
  const applied = await applyInstallation(api, overridden);
  const live = await ready();

  for (const { path, container: name } of workloads) {
    const pod = await podOf(path);
    expect(pod.priorityClassName).toBe('extra');
    expect(pod.volumes?.map((volume) => volume.name)).toEqual(
      expect.arrayContaining(['extra', 'extra-memory', 'extra-token']),
    );
    const container = pod.containers.find((each) => each.name === name);
    expect(container?.env).toEqual(
      expect.arrayContaining([
        { name: 'EXTRA_PASSWORD', value: secret },
        expect.objectContaining({ name: 'EXTRA_HOST' }),
      ]),
    );
    expect(container?.volumeMounts).toContainEqual({
      name: 'extra',
      mountPath: '/etc/extra',
      readOnly: true,
    });
  }
  const [node, csi, , typha] = await pods();
  expect(node?.containers[0]?.args).toEqual(['start_runit', `--password=${secret}`]);
  expect(csi?.containers.find(({ name }) => name === 'calico-csi')?.args?.at(-1)).toBe('--loglevel=debug');
  expect(csi?.tolerations).toBeUndefined();
  expect(node?.initContainers?.find(({ name }) => name === 'ebpf-bootstrap')?.args).toEqual(['-extra']);
  expect(node?.dnsConfig?.nameservers).toEqual(['169.254.20.10']);
  expect(typha?.containers[0]?.env).toContainEqual({ name: 'TYPHA_SHUTDOWNTIMEOUTSECS', value: '60' });

  await untilQuiet(cluster());
  await expectShown(live, applied);
  const mark = await auditLog.mark();
  await operator.stop();
  operator = await startLeader(cluster());
  await untilQuiet(cluster());
  expect((await operatorWrites(cluster(), mark)).map(describeRequest)).toEqual([]);

  await applyInstallation(api, baseSpec);
  const plain = await ready();
  expect(await pods()).toEqual(original);
  expect(plain.status?.customised).toBeUndefined();
  expect(JSON.stringify(plain.status)).not.toContain('customised');
});

/** Status names what is customised and shows no value; the spec is the user's. */
async function expectShown(live: Installation, applied: Installation): Promise<void> {
  expect(live.spec).toEqual(applied.spec);
  const spec = live.metadata.managedFields?.filter(({ fieldsV1 }) => 'f:spec' in (fieldsV1 ?? {}));
  expect(spec?.map(({ manager }) => manager)).toEqual(['user']);
  expect(live.status?.customised?.map(({ block }) => block)).toEqual([
    'calicoNodeDaemonSet',
    'calicoKubeControllersDeployment',
    'typhaDeployment',
    'csiNodeDriverDaemonSet',
  ]);
  expect(live.status?.customised?.[0]?.changes).toEqual([
    'install-cni resources',
    'install-cni env: EXTRA',
    'mount-bpffs args: -extra',
    'calico-node env: EXTRA_CPU, EXTRA_HOST, EXTRA_PASSWORD',
    'calico-node args: --password',
    'calico-node volumeMounts: /etc/extra, /var/extra',
    'dnsConfig',
    'dnsPolicy',
    'priorityClassName',
    'volumes: extra, extra-memory, extra-token',
  ]);
  const message = live.status?.conditions?.find(({ type }) => type === 'Ready')?.message;
  expect(message).toContain('customised: calicoNodeDaemonSet, calicoKubeControllersDeployment');
  expect(JSON.stringify(live.status)).not.toContain(secret);
  expect(await readFile(operator.logFile, 'utf8')).not.toContain(secret);
}

test('a volume that collides is refused, what runs stays, and the cure is taken', async () => {
  const { api } = cluster();
  await untilQuiet(cluster());
  const before = await generations();
  const volume = (name: string) => ({
    ...baseSpec,
    calicoNodeDaemonSet: override({ volumes: [{ name, emptyDir: {} }] }),
  });
  const { metadata } = await applyInstallation(api, volume('lib-modules'));
  expect(await degraded(metadata.generation)).toBe(
    'Installation default: spec.calicoNodeDaemonSet.spec.template.spec.volumes[0] "lib-modules": the pods have a volume of that name already. Give it another name; to mount the one that is there, name it in volumeMounts.',
  );
  await untilQuiet(cluster());
  expect(await generations()).toEqual(before);

  await applyInstallation(api, volume('extra'));
  expect(holds(await ready(), 'Stalled')).toBe(false);
  expect((await podOf(workloads[0].path)).volumes).toContainEqual({ name: 'extra', emptyDir: {} });
});

test.each([
  {
    what: 'a ConfigMap',
    pod: { volumes: [{ name: 'extra', configMap: { name: 'comes-later' } }] },
    says: 'volumes[0].configMap "comes-later": there is no ConfigMap calico-system/comes-later',
    create: {
      path: '/api/v1/namespaces/calico-system/configmaps',
      object: { metadata: { name: 'comes-later' } },
    },
  },
  {
    what: 'a Secret',
    pod: {
      containers: [
        {
          name: 'calico-node',
          env: [{ name: 'EXTRA', valueFrom: { secretKeyRef: { name: 'comes-later', key: 'key' } } }],
        },
      ],
    },
    says: 'env[0].valueFrom.secretKeyRef "comes-later": there is no Secret calico-system/comes-later',
    create: {
      path: '/api/v1/namespaces/calico-system/secrets',
      object: { metadata: { name: 'comes-later' } },
    },
  },
  {
    what: 'a PriorityClass',
    pod: { priorityClassName: 'comes-later' },
    says: 'priorityClassName "comes-later": there is no PriorityClass of that name',
    create: {
      path: '/apis/scheduling.k8s.io/v1/priorityclasses',
      object: { metadata: { name: 'comes-later' }, value: 1_000 },
    },
  },
])(
  '$what that pods could not start without is waited for, while what runs stays',
  async ({ pod, says, create }) => {
    const { api } = cluster();
    await untilQuiet(cluster());
    const before = await generations();
    const spec = { ...baseSpec, calicoNodeDaemonSet: override(pod) };
    const { metadata } = await applyInstallation(api, spec);
    expect(await degraded(metadata.generation)).toContain(says);
    await untilQuiet(cluster());
    expect(await generations()).toEqual(before);

    await api.create(create.path, create.object);
    await ready();
    expect(await generations()).not.toEqual(before);
  },
);

test('a container that is not there is told, and nothing else is held up', async () => {
  await applyInstallation(cluster().api, {
    ...baseSpec,
    calicoNodeDaemonSet: override({
      initContainers: [{ name: 'hostpath-init', resources: { limits: { cpu: '1' } } }],
    }),
  });
  const { status } = await ready();
  expect(status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain(
    'initContainers[0].name "hostpath-init": the pods have no such container, so it has no effect. Remove it',
  );
});

test.each([
  [
    'a variable that identifies',
    { env: [{ name: 'NODENAME', value: 'x' }] },
    'variable NODENAME cannot be set',
  ],
  ['a variable twice', { env: [{ name: 'A' }, { name: 'A' }] }, 'duplicate entries for key'],
  [
    'a variable with two values',
    { env: [{ name: 'A', value: 'b', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
    'either value or valueFrom',
  ],
])('admission refuses %s', async (_name, fields, says) => {
  const containers = [{ name: 'calico-node', ...fields }];
  expect(await refusal({ ...baseSpec, calicoNodeDaemonSet: override({ containers }) })).toContain(says);
});

test('admission refuses a volume without source', async () => {
  const volumes = [{ name: 'a' }];
  expect(await refusal({ ...baseSpec, typhaDeployment: override({ volumes }) })).toContain(
    'exactly one source',
  );
});
