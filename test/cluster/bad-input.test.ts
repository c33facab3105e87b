import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';

import { loadBundledCrds } from '../../src/api/crds.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  describeRequest,
  holds,
  installation,
  installationPath,
  madeObjects,
  operatorInstalled,
  operatorWrites,
  poolPath,
  quickest,
  readInstallation,
  startLeader,
  stockSpec,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator;

const [stockPool] = stockSpec.calicoNetwork.ipPools;
const pool = (change: object) => ({ calicoNetwork: { ipPools: [{ ...stockPool, ...change }] } });

interface BadInput {
  readonly name: string;
  readonly spec: object;
  /** What the message must name: field, value, cure. */
  readonly says: readonly string[];
  /** Whether our CRD refuses it already; the operator refuses all of them, since it may run under another CRD. */
  readonly admission: boolean;
  /** Default: InvalidConfigurationError. */
  readonly reason?: string;
}

const table: readonly BadInput[] = [
  {
    name: 'a CIDR that is none',
    spec: pool({ cidr: 'ten-dot-zero' }),
    says: ['spec.calicoNetwork.ipPools[0].cidr', 'ten-dot-zero', 'it is no address range'],
    admission: true,
  },
  {
    name: 'a block larger than its pool',
    spec: pool({ cidr: '192.168.0.0/27', blockSize: 26 }),
    says: ['spec.calicoNetwork.ipPools[0].blockSize', '/27', 'a block of /26 is larger than the pool'],
    admission: true,
  },
  {
    name: 'IPIP on IPv6',
    spec: pool({ cidr: 'fd00:10::/48', blockSize: 122, encapsulation: 'IPIP' }),
    says: ['spec.calicoNetwork.ipPools[0].encapsulation', 'IPIP'],
    admission: true,
  },
  {
    name: 'IPIP without BGP',
    spec: { calicoNetwork: { ...pool({ encapsulation: 'IPIP' }).calicoNetwork, bgp: 'Disabled' } },
    says: ['spec.calicoNetwork', 'IPIP', 'BGP'],
    admission: true,
  },
  {
    name: 'overlapping pools',
    spec: {
      calicoNetwork: {
        ipPools: [stockPool, { ...stockPool, name: 'second', cidr: '192.168.128.0/17' }],
      },
    },
    says: ['spec.calicoNetwork.ipPools[1].cidr', '192.168.128.0/17', 'overlaps 192.168.0.0/16'],
    admission: false,
  },
  {
    name: 'another pool outside of the pod network',
    spec: { calicoNetwork: { ipPools: [stockPool, { ...stockPool, name: 'far', cidr: '10.99.0.0/16' }] } },
    says: ['spec.calicoNetwork.ipPools[1].cidr', '10.99.0.0/16', 'outside of', 'podSubnet'],
    admission: false,
  },
  {
    name: 'a pull secret that is missing',
    spec: { ...stockSpec, imagePullSecrets: [{ name: 'not-there' }] },
    says: ['spec.imagePullSecrets', 'not-there', 'tigera-operator'],
    admission: false,
    reason: 'ResourceReadError',
  },
];

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/installations.operator.tigera.io';

/** The same definition without its rules, as clusters have it that come from another operator. */
async function loosenAdmission(): Promise<void> {
  const bundled = await loadBundledCrds();
  const json = bundled.find(({ name }) => name === 'installations.operator.tigera.io')?.json ?? '';
  const bounds = new Set([
    'x-kubernetes-validations',
    'pattern',
    'minimum',
    'maximum',
    'maxLength',
    'minLength',
  ]);
  const loose = JSON.parse(json, (key, value: unknown) => (bounds.has(key) ? undefined : value)) as object;
  await cluster().api.apply(crdPath, loose, 'user');
  const bad = table.filter(({ admission }) => admission);
  await eventually(async () => {
    for (const { spec } of bad) expect(await refusal(spec)).toBeUndefined();
    return true;
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

/** A first installation, which has nothing that runs to fall back on. */
async function expectOutsideRefused(): Promise<void> {
  const { metadata } = await applyInstallation(cluster().api, pool({ cidr: '172.16.0.0/16' }));
  const { message, reason } = await degraded(metadata.generation ?? 0);
  expect(reason).toBe('InvalidConfigurationError');
  const says = [
    'spec.calicoNetwork.ipPools[0].cidr',
    '172.16.0.0/16',
    'outside of',
    'Choose a range within 192.168.0.0/16',
  ];
  for (const part of says) expect(message).toContain(part);
  expect(await madeObjects(cluster().api)).toEqual([]);
}

const log = () => readFile(operator.logFile, 'utf8');

interface EventObject {
  readonly type: string;
  readonly reason: string;
  readonly note?: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

const events = () => cluster().api.list<EventObject>('/apis/events.k8s.io/v1/namespaces/default/events');

async function degraded(generation: number) {
  return eventually(
    async () => {
      const { status } = await readInstallation(cluster().api);
      const found = status?.conditions?.find(({ type }) => type === 'Degraded');
      return found?.status === 'True' && (found.observedGeneration ?? 0) >= generation ? found : undefined;
    },
    { description: 'Degraded to be True', interval: 20 },
  );
}

beforeAll(async () => {
  await cluster().api.create('/api/v1/namespaces/kube-system/configmaps', {
    metadata: { name: 'kubeadm-config' },
    data: {
      ClusterConfiguration:
        'networking:\n  podSubnet: 192.168.0.0/16,10.77.0.0/16\n  serviceSubnet: 10.96.0.0/12\n',
    },
  });
});
afterAll(() => operator.stop());

test.each(table.filter(({ admission }) => admission))('admission refuses $name', async ({ spec, says }) => {
  const answer = await refusal(spec);
  const [field = '', value = ''] = says;
  expect(answer).toContain(field.replace(/\.\w+$/, ''));
  expect(answer).toContain(value);
});

test('an Installation of another name is refused', async () => {
  const other = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'mine' },
    spec: {},
  };
  const answer = await cluster()
    .api.create('/apis/operator.tigera.io/v1/installations', other)
    .then(() => 'accepted', String);
  expect(answer).toContain('default');
  expect(answer).toContain('name');
});

describe('where admission lets it through', () => {
  beforeAll(async () => {
    await loosenAdmission();
    operator = await startLeader(cluster());
    await expectOutsideRefused();
    await applyInstallation(cluster().api);
    await untilReady(cluster().api);
    await untilQuiet(cluster());
  });

  afterEach(async () => {
    await applyInstallation(cluster().api);
    await untilReady(cluster().api);
  });

  test.each(table)(
    '$name is told, changes nothing, and its cure is taken at once',
    async ({ spec, says, reason: expected = 'InvalidConfigurationError' }) => {
      const { api, auditLog } = cluster();
      await untilQuiet(cluster(), 600);
      const mark = await auditLog.mark();
      const logged = (await log()).length;
      const { metadata } = await applyInstallation(api, spec);

      const condition = await degraded(metadata.generation ?? 0);
      for (const part of says) expect(condition.message).toContain(part);
      expect(condition.reason).toBe(expected);
      // The cure is a sentence of its own after what is wrong.
      expect(condition.message).toMatch(/\. [A-Z][^.]+/);
      await eventually(async () => {
        const told = (await events()).filter(
          ({ reason, note }) => reason === condition.reason && note?.includes(says[1] ?? ''),
        );
        expect(told).toContainEqual(expect.objectContaining({ type: 'Warning' }));
        return true;
      });
      await untilPasses(async () =>
        expect((await log()).slice(logged)).toContain(JSON.stringify(says[1]).slice(1, -1)),
      );
      await untilQuiet(cluster(), 600);
      const touched = (await operatorWrites(cluster(), mark)).filter(
        ({ resource }) => !/status|events/.test(resource),
      );
      expect(touched.map(describeRequest)).toEqual([]);

      const time = await quickest(1000, async () => {
        const bad = await applyInstallation(api, spec);
        await degraded(bad.metadata.generation ?? 0);
        const began = performance.now();
        await applyInstallation(api);
        await untilReady(api);
        return performance.now() - began;
      });
      expect(time).toBeLessThan(1000);
    },
  );

  test('a range with host bits is taken as its network, with a warning', async () => {
    const { api } = cluster();
    await applyInstallation(api, pool({ cidr: '192.168.0.5/16' }));
    const live = await untilReady(api);
    expect(live.status?.computed).toMatchObject({ calicoNetwork: { ipPools: [{ cidr: '192.168.0.0/16' }] } });
    expect(live.spec).toMatchObject({ calicoNetwork: { ipPools: [{ cidr: '192.168.0.5/16' }] } });
    await untilPasses(async () =>
      expect(
        (await events()).filter(({ reason }) => reason === 'ConfigurationWarning').map(({ note }) => note),
      ).toContainEqual(expect.stringMatching(/192\.168\.0\.5\/16.*192\.168\.0\.0\/16/)),
    );
  });

  test('a pool that is taken out of the list and put back serves again', async () => {
    const { api } = cluster();
    await applyInstallation(api, pool({ name: 'elsewhere', cidr: '10.77.0.0/16' }));
    await untilReady(api);
    expect(await api.get(poolPath)).toMatchObject({ spec: { disabled: true } });
    await applyInstallation(api);
    await untilReady(api);
    expect((await api.get<{ spec: { disabled?: boolean } }>(poolPath)).spec.disabled).not.toBe(true);
  });

  test('a pull secret that is created later is picked up without touching the Installation', async () => {
    const { api } = cluster();
    const secrets = '/api/v1/namespaces/tigera-operator/secrets';
    const copy = '/api/v1/namespaces/calico-system/secrets/late';
    const secret = {
      metadata: { name: 'late' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
    };
    const { metadata } = await applyInstallation(api, { ...stockSpec, imagePullSecrets: [{ name: 'late' }] });
    const time = await quickest(1000, async () => {
      await api.delete(`${secrets}/late`);
      await degraded(metadata.generation ?? 0);
      const began = performance.now();
      await api.create(secrets, secret);
      await eventually(async () => !holds(await readInstallation(api), 'Degraded'), { interval: 20 });
      return performance.now() - began;
    });
    expect(time).toBeLessThan(1000);
    expect(await api.get(copy)).toMatchObject({ data: secret.data });
    await applyInstallation(api);
    await eventually(async () => (await api.find(copy)) === undefined);
    await api.delete(`${secrets}/late`);
  });

  test('no permission is told with its cure', async () => {
    const { api } = cluster();
    const rolePath = '/apis/rbac.authorization.k8s.io/v1/clusterroles/tigera-operator';
    const role = await api.get<{ rules: { resources?: string[]; verbs: string[] }[] }>(rolePath);
    const rules = role.rules.map((rule) =>
      rule.resources?.includes('daemonsets')
        ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'patch') }
        : rule,
    );
    await api.mergePatch(rolePath, { rules });
    const { metadata } = await applyInstallation(api, { ...stockSpec, nodeMetricsPort: 9099 });
    const condition = await degraded(metadata.generation ?? 0);
    expect(condition).toMatchObject({ reason: 'PermissionDenied' });
    expect(condition.message).toContain('calico-system/calico-node');
    await api.mergePatch(rolePath, { rules: role.rules });
    await untilReady(api);
  });
});
