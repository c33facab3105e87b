import { afterEach, beforeEach, expect, test } from '@jest/globals';

import type { Installation } from '../../src/api/installation.ts';
import type { ConfigMap, DaemonSet, Deployment, Pod } from '../../src/api/kubernetes.ts';
import { readPem } from '../../src/certificates/pem.ts';
import { eventually } from '../control-plane/eventually.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  calicoNodePath,
  describeObject,
  describeRequest,
  madeObjects,
  operatorInstalled,
  operatorRequests,
  operatorWrites,
  readInstallation,
  startInstalled,
  startLeader,
  stockSpec,
  untilPasses,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';
import { decide, makeSigner, requestCertificate, sign, withdraw } from './signer.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator | undefined;

beforeEach(() => makeFresh(cluster(), operatorInstalled));
afterEach(async () => {
  await operator?.stop();
  operator = undefined;
});

const typhaPath = '/apis/apps/v1/namespaces/calico-system/deployments/calico-typha';
const bundlePath = '/api/v1/namespaces/calico-system/configmaps/tigera-ca-bundle';

const rights = [
  'ClusterRole tigera-csr-creator',
  'ClusterRoleBinding calico-kube-controllers:csr-creator',
  'ClusterRoleBinding calico-node:csr-creator',
  'ClusterRoleBinding calico-typha:csr-creator',
];
const secrets = [
  'Secret calico-system/node-certs',
  'Secret calico-system/typha-certs',
  'Secret tigera-operator/node-certs',
  'Secret tigera-operator/tigera-ca-private',
  'Secret tigera-operator/typha-certs',
];

/** What is there of rights to request, and of Secrets with certificates. */
const certificateObjects = async (): Promise<readonly string[]> =>
  (await madeObjects(cluster().api))
    .map(describeObject)
    .filter((name) => name.includes('csr-creator') || name.startsWith('Secret '))
    .sort();

const provisionersOf = ({ spec }: DaemonSet | Deployment): readonly string[] =>
  (spec?.template.spec?.initContainers ?? [])
    .map(({ name }) => name)
    .filter((name) => name.endsWith('-provisioner'));

const conditionOf = ({ status }: Installation, type: string) =>
  status?.conditions?.find((condition) => condition.type === type);

/** Waits until a condition is True for a reason, and says so much. */
const untilSaid = (type: string, reason: string, ...words: readonly string[]): Promise<void> =>
  untilPasses(async () => {
    const condition = conditionOf(await readInstallation(cluster().api), type);
    expect(condition).toMatchObject({ status: 'True', reason });
    for (const word of words) expect(condition?.message).toContain(word);
  });

const trustedAuthorities = async (): Promise<number> =>
  readPem((await cluster().api.get<ConfigMap>(bundlePath)).data?.['ca.crt'] ?? '').certificates.length;

test('pods request their certificates while it is on, and have those of the operator when it is off again', async () => {
  const { api, auditLog } = cluster();
  const beginning = await auditLog.mark();
  const watches = async () =>
    (await operatorRequests(cluster(), beginning))
      .filter(({ resource, verb }) => resource === 'certificatesigningrequests' && verb === 'watch')
      .map(({ uri }) => new URLSearchParams(uri.split('?')[1]).get('labelSelector'));
  operator = await startInstalled(cluster());
  expect(await certificateObjects()).toEqual(secrets);
  expect(await watches()).toEqual([]);

  const signer = await makeSigner();
  const { management } = signer;
  await applyInstallation(api, { ...stockSpec, certificateManagement: management });
  await untilReady(api);
  await untilPasses(async () => expect(await certificateObjects()).toEqual(rights));
  expect(provisionersOf(await api.get<DaemonSet>(calicoNodePath))).toEqual([
    'node-certs-key-cert-provisioner',
  ]);
  expect(await trustedAuthorities()).toBe(1);
  expect(new Set(await watches())).toEqual(new Set(['k8s-app=calico-system']));

  const [pod] = await api.list<Pod>('/api/v1/namespaces/calico-system/pods');
  const asked = {
    secretName: 'node-certs',
    podName: pod?.metadata.name ?? '',
    signerName: management.signerName,
  };
  const name = await requestCertificate(api, asked);
  await untilSaid('Progressing', 'CertificatePending', name, `kubectl certificate approve ${name}`);
  await decide(api, name, 'Approved');
  await untilSaid('Progressing', 'CertificatePending', name, 'signer example.com/calico has not issued');
  await sign(api, name, signer);
  await untilReady(api);
  await withdraw(api, name);

  const denied = await requestCertificate(api, asked);
  await decide(api, denied, 'Denied');
  await untilSaid('Degraded', 'CertificateRequestDenied', denied, 'Tested: by a test');
  await withdraw(api, denied);
  await untilReady(api);

  const open = await requestCertificate(api, asked);
  await untilSaid('Progressing', 'CertificatePending', open);
  await untilQuiet(cluster());
  await operator.stop();
  const restarted = await auditLog.mark();
  operator = await startLeader(cluster());
  await untilQuiet(cluster(), 2000);
  expect((await operatorWrites(cluster(), restarted)).map(describeRequest)).toEqual([]);

  await applyInstallation(api);
  await untilReady(api);
  await untilPasses(async () => expect(await certificateObjects()).toEqual(secrets));
  expect(provisionersOf(await api.get<DaemonSet>(calicoNodePath))).toEqual([]);
  expect(await trustedAuthorities()).toBe(1);
  await untilQuiet(cluster());
  const mark = await auditLog.mark();
  // Nobody follows requests any more: a further one changes nothing.
  await withdraw(api, open);
  await requestCertificate(api, asked);
  await untilQuiet(cluster(), 2000);
  expect((await operatorWrites(cluster(), mark)).map(describeRequest)).toEqual([]);
});

test('an authority that is none is refused by name, and what runs stays', async () => {
  const { api } = cluster();
  operator = await startInstalled(cluster());
  const { generation } = (await api.get<DaemonSet>(calicoNodePath)).metadata;
  const text = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const broken = { caCert: Buffer.from(text).toString('base64'), signerName: 'example.com/calico' };
  await applyInstallation(api, { ...stockSpec, certificateManagement: broken });
  await untilSaid(
    'Degraded',
    'CertificateError',
    'Installation default: spec.certificateManagement.caCert: a certificate in it cannot be parsed. Set it to',
  );
  expect((await api.get<DaemonSet>(calicoNodePath)).metadata.generation).toBe(generation);
  expect(await certificateObjects()).toEqual(secrets);
  await applyInstallation(api);
  await untilReady(api);
});

test('with Typha both authorities are trusted before anything rolls, and going back is possible', async () => {
  const { api } = cluster();
  const withTypha = { ...stockSpec, typha: { mode: 'Always' } };
  operator = await startInstalled(cluster(), withTypha);
  const generations = async () =>
    Promise.all([calicoNodePath, typhaPath].map(async (path) => (await api.get(path)).metadata.generation));
  const before = await generations();
  const { management } = await makeSigner();
  await applyInstallation(api, { ...withTypha, certificateManagement: management });
  await untilSaid('Progressing', 'AuthorityChanging', 'Typha follows');
  expect(await trustedAuthorities()).toBe(2);
  expect(await certificateObjects()).toEqual(
    [...secrets, 'Secret tigera-operator/tigera-ca-retiring'].toSorted(),
  );
  await untilQuiet(cluster());
  expect(await generations()).toEqual(before);

  await applyInstallation(api, withTypha);
  await untilReady(api);
  await untilPasses(async () => expect(await certificateObjects()).toEqual(secrets));
  expect(await trustedAuthorities()).toBe(1);
  expect(await generations()).toEqual(before);
});

test('on a fresh cluster with Typha, pods of both request from the beginning', async () => {
  const { api } = cluster();
  operator = await startLeader(cluster());
  const { management } = await makeSigner();
  await applyInstallation(api, {
    ...stockSpec,
    typha: { mode: 'Always' },
    certificateManagement: management,
  });
  await untilReady(api);
  const typha = await eventually(() => api.find<Deployment>(typhaPath));
  expect(provisionersOf(typha)).toEqual(['typha-certs-key-cert-provisioner']);
  expect(provisionersOf(await api.get<DaemonSet>(calicoNodePath))).toEqual([
    'node-certs-key-cert-provisioner',
  ]);
  expect(await certificateObjects()).toEqual(rights);
});
