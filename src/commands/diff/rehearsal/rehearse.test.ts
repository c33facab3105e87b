import { describe, expect, test } from '@jest/globals';
import type { Installation, InstallationSpec, InstallationStatus } from '../../../api/installation.ts';
import type { KubeObject } from '../../../api/kubernetes.ts';
import { makeAuthority } from '../../../certificates/sign.ts';
import { systemGenerator } from '../../../certificates/generator.ts';
import { isSwitchedOff } from '../../../controllers/installation/kube-proxy/decide.ts';
import type { Preview } from '../preview.ts';
import {
  apiServer,
  changedBySteps,
  changedObjects,
  decided,
  installationWith,
  moment,
  previewOf,
  settledCluster,
  stockSpec,
} from '../testing.ts';
import type { Step } from '../types.ts';

type Decided = Extract<Preview, { kind: 'decided' }>;

const network = (calicoNetwork: NonNullable<InstallationSpec['calicoNetwork']>): InstallationSpec => ({
  calicoNetwork: { ...stockSpec.calicoNetwork, ...calicoNetwork },
});
const typha = (mode: 'Always' | 'Never'): InstallationSpec => ({ ...stockSpec, typha: { mode } });
const managedBpf = network({
  linuxDataplane: 'BPF',
  bpfNetworkBootstrap: 'Enabled',
  kubeProxyManagement: 'Enabled',
});

const kubeProxyWith = (nodeSelector: Readonly<Record<string, string>>, pods: number) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kube-proxy', namespace: 'kube-system', generation: 1 },
    spec: { template: { spec: { containers: [], nodeSelector } } },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: pods,
      currentNumberScheduled: pods,
      updatedNumberScheduled: pods,
      numberAvailable: pods,
    },
  }) as unknown as KubeObject;
const runningKubeProxy = kubeProxyWith({ 'kubernetes.io/os': 'linux' }, 3);
const stoppedKubeProxy = kubeProxyWith({ 'operator.tigera.io/disable-kube-proxy': 'true' }, 0);

const monitor = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'TigeraStatus',
  metadata: { name: 'kubeproxy-monitor' },
} as KubeObject;

interface Before {
  readonly spec?: InstallationSpec;
  readonly others?: readonly KubeObject[];
  readonly typha?: NonNullable<InstallationStatus['typha']>;
}

async function change(after: InstallationSpec, before: Before = {}): Promise<Decided> {
  const cluster = await settledCluster(before.spec ?? stockSpec, before.others);
  const record = before.typha === undefined ? {} : { typha: before.typha };
  const status = { computed: cluster.computed, defaulted: [], ...record };
  return checked(decided(await previewOf(cluster.objects, installationWith(after, status))));
}

/** Where the steps end is what is shown. */
function checked(previewed: Decided): Decided {
  expect(changedObjects(previewed)).toEqual(changedBySteps(previewed));
  return previewed;
}

/** Which node agents, Typha and settings change in which step. */
const outline = ({ steps }: { readonly steps: readonly Step[] }): readonly (readonly string[])[] =>
  steps.map(({ changes }) =>
    changes
      .filter(({ ref }) => ['DaemonSet', 'Deployment', 'FelixConfiguration'].includes(ref.resource.kind))
      .filter(({ ref }) => ref.name !== 'calico-kube-controllers')
      .map(({ ref, action }) => `${action} ${ref.name}`),
  );

test('at rest there is no step', async () => {
  expect((await change(stockSpec)).steps).toEqual([]);
  expect((await change(typha('Always'), { spec: typha('Always') })).steps).toEqual([]);
});

test('a change that nothing is held back of is one step', async () => {
  const { steps } = await change({ ...stockSpec, nodeMetricsPort: 9091 });
  expect(steps).toMatchObject([{ after: 0, waitedFor: [], changes: [{ ref: { name: 'calico-node' } }] }]);
});

describe('BPF', () => {
  test('on: calico-node, then Felix, then without kube-proxy, when Felix had time to restart', async () => {
    const previewed = await change(managedBpf, { others: [runningKubeProxy, ...apiServer] });
    expect(outline(previewed)).toEqual([['update calico-node'], ['update default'], ['update kube-proxy']]);
    const [now, felix, kubeProxy] = previewed.steps;
    expect(now).toMatchObject({ after: 0, waitedFor: [] });
    expect(felix?.waitedFor).toContainEqual(expect.stringMatching(/when every node runs calico-node with/));
    expect(kubeProxy).toMatchObject({
      after: 100_000,
      waitedFor: [expect.stringMatching(/until Felix had time to restart/)],
    });
    const shown = previewed.changes.find(({ ref }) => ref.name === 'kube-proxy');
    expect(shown?.before).toEqual(runningKubeProxy);
    expect(isSwitchedOff(shown?.after as never)).toBe(true);
    expect(previewed.waiting).toEqual([]);
  });

  test('on a new cluster Felix is told at once', async () => {
    const objects = [runningKubeProxy, ...apiServer];
    const { steps } = checked(decided(await previewOf(objects, installationWith(managedBpf))));
    expect(outline({ steps })).toEqual([
      expect.arrayContaining(['create calico-node', 'create default']),
      ['update kube-proxy'],
    ]);
    expect(steps[1]?.after).toBeLessThan(1000);
  });

  test.each([
    ['still managed', network({ kubeProxyManagement: 'Enabled' })],
    ['no longer managed', stockSpec],
  ])('off, kube-proxy %s: it comes back before anything else changes', async (_, after) => {
    const others = [stoppedKubeProxy, monitor, ...apiServer];
    const previewed = await change(after, { spec: managedBpf, others });
    expect(outline(previewed)).toEqual([['update kube-proxy'], ['update default', 'update calico-node']]);
    expect(previewed.steps[1]?.waitedFor).toContainEqual(
      expect.stringMatching(/when kube-proxy serves Services on every node/),
    );
  });

  test('on, and kube-proxy given back', async () => {
    const after = network({ linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled' });
    const others = [stoppedKubeProxy, monitor, ...apiServer];
    expect(outline(await change(after, { spec: managedBpf, others }))).toEqual([['update kube-proxy']]);
  });

  test('a kube-proxy that another tool keeps stays, and that is told', async () => {
    const metadata = {
      ...runningKubeProxy.metadata,
      labels: { 'app.kubernetes.io/managed-by': 'somebody' },
    };
    const others = [{ ...runningKubeProxy, metadata }, ...apiServer];
    const { changes, warnings } = await change(managedBpf, { others });
    expect(changes.map(({ ref }) => ref.name)).not.toContain('kube-proxy');
    expect(warnings).toContainEqual(
      expect.objectContaining({ object: 'DaemonSet kube-system/kube-proxy', value: 'somebody' }),
    );
  });
});

describe('Typha', () => {
  test('on: Typha first, then calico-node', async () => {
    const previewed = await change(typha('Always'));
    expect(outline(previewed)).toEqual([['create calico-typha'], ['update calico-node']]);
    expect(previewed.steps[1]?.waitedFor).toEqual([
      expect.stringMatching(/until 2 of 2 Typha are available/),
    ]);
  });

  test('on a new cluster calico-node starts with it', async () => {
    const { steps } = checked(decided(await previewOf([], installationWith(typha('Always')))));
    expect(outline({ steps })[1]).toEqual(['create calico-node']);
    expect(steps[1]?.after).toBe(0);
  });

  test('off: calico-node first, then Typha', async () => {
    const previewed = await change(typha('Never'), { spec: typha('Always') });
    expect(outline(previewed)).toEqual([['update calico-node'], ['delete calico-typha']]);
  });

  test('off by itself: when nodes have been few for long enough', async () => {
    const record = { wanted: true, running: true, replicas: 2, nodes: 3 };
    const previewed = await change(stockSpec, { spec: typha('Always'), typha: record });
    expect(outline(previewed)).toEqual([['update calico-node'], ['delete calico-typha']]);
    expect(previewed.steps.map(({ after }) => after)).toEqual([600_000, 0]);
  });

  test('together with BPF: each waits for its own', async () => {
    const others = [runningKubeProxy, ...apiServer];
    const previewed = await change({ ...managedBpf, typha: { mode: 'Always' } }, { others });
    const steps = outline(previewed);
    expect(steps[0]).toEqual(['update calico-node', 'create calico-typha']);
    expect(steps.at(-1)).toEqual(['update kube-proxy']);
    expect(previewed.waiting).toEqual([]);
  });
});

describe('another authority', () => {
  async function authoritySecret(): Promise<KubeObject> {
    const { certificate, privateKey } = await makeAuthority(moment, systemGenerator);
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'tigera-ca-private', namespace: 'tigera-operator' },
      data: { 'tls.crt': encode(certificate), 'tls.key': encode(privateKey) },
    } as KubeObject;
  }

  const replaced = async (spec: InstallationSpec): Promise<Decided> => {
    const { objects, computed } = await settledCluster(spec);
    const mine = await authoritySecret();
    const others = objects.filter(({ metadata }) => metadata.name !== mine.metadata.name);
    const installation: Installation = installationWith(spec, { computed, defaulted: [] });
    return checked(decided(await previewOf([...others, mine], installation)));
  };

  test('both are trusted first, then Typha follows, then calico-node, then the former one is dropped', async () => {
    const { steps } = await replaced(typha('Always'));
    const rolls = outline({ steps });
    expect(rolls).toEqual([[], ['update calico-typha'], ['update calico-node'], []]);
    expect(steps.map(({ after }) => after)).toEqual([0, 120_000, 0, 0]);
    const objects = (index: number) =>
      steps[index]?.changes.map(({ ref, action }) => `${action} ${ref.name}`);
    expect(objects(0)).toEqual(
      expect.arrayContaining(['create tigera-ca-retiring', 'update tigera-ca-bundle']),
    );
    expect(objects(3)).toEqual(
      expect.arrayContaining(['delete tigera-ca-retiring', 'update tigera-ca-bundle']),
    );
  });

  test('without Typha nobody waits', async () => {
    const { steps } = await replaced(stockSpec);
    expect(outline({ steps })).toEqual([['update calico-node'], []]);
  });
});
