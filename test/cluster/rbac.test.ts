import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import { refOf } from '../../src/apply/refs.ts';
import { render } from '../../src/render/render.ts';
import { resolve } from '../../src/resolve/resolve.ts';
import type { Snapshot } from '../../src/resolve/types.ts';
import type { AuditedRequest, AuditMark } from '../control-plane/audit-log.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import { describeGrant, type Grant, grantsOf, isUsedBy, nameSelected } from './granted.ts';
import {
  applyInstallation,
  describeRequest,
  installationPath,
  madeObjects,
  operatorInstalled,
  pathOfMade,
  startLeader,
  stockSpec,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { applyApiServers, applyKubeProxy } from './kube-proxy.ts';
import { installCrds, type Operator, startOperator } from './operator.ts';
import { makeSigner } from './signer.ts';
import { readManifest } from './manifests.ts';
import { renderInputOf, snapshotOf } from '../reference/input.ts';
import { type Recording, readRecording, recordingNames } from '../reference/recording.ts';
import {
  endpointConfigMap,
  findUpgrade,
  installDns,
  leaveUpgrade,
  setStrictAffinity,
  tellEndpoint,
  windowsSpec,
} from './windows-nodes.ts';

jest.setTimeout(900_000);

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
const user = 'system:serviceaccount:tigera-operator:tigera-operator';
let grants: readonly Grant[];
/** Nobody who does not ask for it gets an operator that may hand out cluster-admin. */
let dockerEnterpriseGrants: readonly Grant[];
let requests: readonly AuditedRequest[];
let operator: Operator | undefined;

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function deleteDefinitions(names: readonly string[]): Promise<void> {
  const { api } = cluster();
  const paths = names.map((name) => `${crds}/${name}`);
  await Promise.all(paths.map((path) => api.delete(path)));
  await eventually(async () => (await Promise.all(paths.map((path) => api.find(path)))).every((crd) => !crd));
}

/** Takes definitions away under a running operator, until it waits for each of them to come. */
async function missDefinitions(names: readonly string[]): Promise<void> {
  const { api, auditLog } = cluster();
  const mark = await auditLog.mark();
  await deleteDefinitions(names);
  await eventually(
    async () => {
      const waitedFor = (await auditLog.since(mark, { user })).flatMap((request) =>
        request.resource === 'customresourcedefinitions' && request.verb === 'watch'
          ? [nameSelected(request)]
          : [],
      );
      return names.every((name) => waitedFor.includes(name));
    },
    { description: `the operator to wait for ${names.join(', ')}` },
  );
  await installCrds(api);
}

/** Everything that this release can do, once: install, drift, update, Windows on and off, restart, hand-over, delete. */
async function liveThroughIt(): Promise<AuditMark> {
  const { api, auditLog } = cluster();
  const mark = await auditLog.mark();
  await deleteDefinitions((await api.list(crds)).map(({ metadata }) => metadata.name));
  await api.create('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'mine' }, value: 1 });
  operator = await startLeader(cluster(), { args: ['--manage-crds'] });
  await applyKubeProxy(api);
  await applyApiServers(api, '10.0.0.1');
  await applyInstallation(api, {
    calicoNetwork: {
      ...stockSpec.calicoNetwork,
      linuxDataplane: 'BPF',
      bpfNetworkBootstrap: 'Enabled',
      kubeProxyManagement: 'Enabled',
    },
    nodeMetricsPort: 9091,
    typhaMetricsPort: 9093,
    typha: { mode: 'Always' },
    csiNodeDriverDaemonSet: { spec: { template: { spec: { priorityClassName: 'mine' } } } },
    imagePullSecrets: [{ name: 'pull' }],
  });
  await api.create('/api/v1/namespaces/tigera-operator/configmaps', {
    metadata: { name: 'bird-templates' },
    data: { 'bird.cfg.template': 'x' },
  });
  await api.create('/api/v1/namespaces/tigera-operator/configmaps', {
    metadata: { name: 'bgp-layout' },
    data: { earlyNetworkConfiguration: 'x' },
  });
  await api.create('/api/v1/namespaces/tigera-operator/secrets', {
    metadata: { name: 'pull' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
  });
  await untilReady(api);
  await untilQuiet(cluster());
  const made = (await madeObjects(api)).filter(({ kind }) => kind !== 'Namespace');
  for (const object of made)
    await api.mergePatch(pathOfMade(object), { metadata: { labels: { 'app.kubernetes.io/name': null } } });
  await untilQuiet(cluster());
  await Promise.all([tellEndpoint(api), setStrictAffinity(api, true), installDns(api), leaveUpgrade(api)]);
  await applyInstallation(api, windowsSpec);
  await untilReady(api);
  await eventually(async () => (await findUpgrade(api)).every((object) => object === undefined), {
    description: 'what an earlier operator left to be removed',
  });
  await untilQuiet(cluster());
  await missDefinitions(['ipamconfigs.crd.projectcalico.org']);
  const standby = await startOperator(cluster(), { name: 'standby' });
  await standby.ready();
  await operator.stop();
  operator = standby;
  await applyInstallation(api, { ...stockSpec, typha: { mode: 'Never' } });
  await untilReady(api);
  await untilQuiet(cluster());
  await applyInstallation(api, { ...stockSpec, certificateManagement: (await makeSigner()).management });
  await untilReady(api);
  await untilQuiet(cluster());
  await api.delete(installationPath, 'Background');
  await eventually(async () => (await api.find(installationPath)) === undefined);
  await untilQuiet(cluster());
  await missDefinitions([
    ...['installations', 'imagesets', 'tigerastatuses'].map((kind) => `${kind}.operator.tigera.io`),
    ...['ippools', 'felixconfigurations', 'bgpconfigurations', 'kubecontrollersconfigurations'].map(
      (kind) => `${kind}.crd.projectcalico.org`,
    ),
  ]);
  return mark;
}

beforeAll(async () => {
  grants = grantsOf(await readManifest(join(repository, 'deploy', 'manifests', 'rbac.yaml')));
  dockerEnterpriseGrants = grantsOf(
    await readManifest(join(repository, 'deploy', 'manifests', 'docker-enterprise.yaml')),
  );
  const mark = await liveThroughIt();
  requests = await cluster().auditLog.since(mark, { user });
}, 900_000);
afterAll(() => operator?.stop());

test('nothing is refused, but the Secrets that the operator waits for', () => {
  const refused = requests.filter(({ code }) => code === 401 || code === 403);
  // Until the operator has made the RoleBinding in calico-system, and again after it has removed it.
  const expected = refused.filter(
    ({ resource, namespace }) => resource === 'secrets' && namespace === 'calico-system',
  );
  expect(refused.filter((request) => !expected.includes(request)).map(describeRequest)).toEqual([]);
});

test('whatever is used is granted by the shipped roles, and by nothing else', () => {
  // Every account may ask for versions and groups.
  const ungranted = requests
    .filter(({ code, resource }) => code < 400 && resource !== '')
    // By the RoleBinding that the operator makes there, to the same role.
    .filter(({ namespace, resource }) => !(namespace === 'calico-system' && resource === 'secrets'))
    .filter((request) => !grants.some((grant) => isUsedBy(grant, request)));
  expect([...new Set(ungranted.map(describeRequest))]).toEqual([]);
});

/** No recording has Windows nodes. */
const windowsRecording = (): Recording => {
  const stock = readRecording('stock');
  return {
    ...stock,
    extra: [...stock.extra, endpointConfigMap],
    spec: { ...stock.spec, ...windowsSpec },
  };
};

/** Nor pods that request their certificates. */
const requestRecording = (): Recording => {
  const certificateManagement = {
    caCert: btoa('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
    signerName: 'example.com/calico',
  };
  return { ...readRecording('stock'), spec: { certificateManagement } };
};

/** OpenShift’s objects there are looked at by test/cluster/openshift-aws.test.ts; on other platforms it makes no difference. */
const onAws = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  cluster: { ...snapshot.cluster, aws: { name: 'mine', region: 'eu-west-1', hosted: false } },
});
const ownImage = { image: 'operator', imagePullPolicy: 'IfNotPresent', imagePullSecrets: [] };

/** Every object of every recorded spec, on every platform. */
function rendered(): readonly Grant[] {
  const kubernetesProviders = [
    undefined,
    'OpenShift',
    'GKE',
    'AKS',
    'EKS',
    'RKE2',
    'DockerEnterprise',
    'TKG',
  ] as const;
  const recordings = [...recordingNames().map(readRecording), windowsRecording(), requestRecording()];
  const snapshots = recordings.flatMap((recording) => {
    return kubernetesProviders.map((kubernetesProvider) =>
      onAws(
        snapshotOf(
          kubernetesProvider === undefined
            ? recording
            : { ...recording, spec: { ...recording.spec, kubernetesProvider } },
          'Always',
        ),
      ),
    );
  });
  const grantsFor = snapshots.flatMap((snapshot) => {
    const resolution = resolve(snapshot);
    if (resolution.kind === 'refused') return [];
    const input = renderInputOf(snapshot, resolution.resolved);
    return render({ ...input, live: { ...input.live, ownImage } }).flatMap(
      ({ object, ownership, teardown }) => {
        const { resource, name, namespace = '' } = refOf(object);
        const verbs = [
          'create',
          'patch',
          ...(ownership === 'owned' && teardown !== 'keep' ? ['delete'] : []),
        ];
        return verbs.map((verb) => ({
          verb,
          group: resource.group,
          resource: resource.plural,
          name,
          namespace,
        }));
      },
    );
  });
  const distinct = new Map(grantsFor.map((grant) => [describeGrant(grant), grant]));
  // The operator serves Calico's configuration as CustomResourceDefinitions only, so far.
  return [...distinct.values()].filter(({ group }) => group !== 'projectcalico.org');
}

test('whatever is rendered, on any platform, may be created, changed and deleted', () => {
  const granted = [...grants, ...dockerEnterpriseGrants];
  const missing = rendered().filter((wanted) => !granted.some((grant) => covers(grant, wanted)));
  // By the RoleBinding that the operator makes there, to the same role.
  const byItself = /^\w+ secrets:[\w-]+ in calico-system$/;
  expect(missing.map(describeGrant).filter((grant) => !byItself.test(grant))).toEqual([]);
});

const covers = (grant: Grant, wanted: Grant): boolean =>
  grant.verb === wanted.verb &&
  grant.group === wanted.group &&
  grant.resource === wanted.resource &&
  ['', wanted.name].includes(grant.name) &&
  ['', wanted.namespace].includes(grant.namespace);

/** What is granted and is neither seen in the log nor needed for an object of another platform, with the reason. */
const unusedWithReason: readonly (readonly [RegExp, string])[] = [
  [/^list /, 'reading in pages, where an API server cannot begin a watch with a list'],
  [/^(escalate|bind) /, 'no request of its own: asked for when a role or its binding is applied'],
  [/config\.openshift\.io\/networks/, 'on OpenShift only: test/cluster/openshift.test.ts'],
  [
    /config\.openshift\.io\/infrastructures|^watch batch\/jobs/,
    'on OpenShift on AWS only: test/cluster/openshift-aws.test.ts',
  ],
  [
    /^(get secrets:aws-creds|use security\.openshift\.io)/,
    'handed on to the Job on AWS, which the API server allows only to whom has it',
  ],
  [/installations\/finalizers/, 'asked for by an admission check that is off by default'],
  [
    /^delete .*:calico-cni-plugin$/,
    'a binding to another role can only be made anew; the rule names all of its kind',
  ],
  [
    /:calico-kube-controllers-metrics$/,
    'where the user switched these metrics on in KubeControllersConfiguration',
  ],
];

test('whatever is granted is used, or there is a reason', () => {
  const elsewhere = rendered();
  const unused = [...grants, ...dockerEnterpriseGrants]
    .filter((grant) => !requests.some((request) => request.code !== 403 && isUsedBy(grant, request)))
    .filter((grant) => !elsewhere.some((wanted) => covers(grant, wanted)))
    .map(describeGrant)
    .filter((grant) => !unusedWithReason.some(([pattern]) => pattern.test(grant)));
  expect(unused).toEqual([]);
});
