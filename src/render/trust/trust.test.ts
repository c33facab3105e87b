import { describe, expect, test } from '@jest/globals';
import type { AuthorityChange } from '../../api/key-pair.ts';
import type { ClusterRole, ConfigMap, DaemonSet, Deployment, Secret } from '../../api/kubernetes.ts';
import { exampleCertificates, exampleKeyPair, findObject, inputFor } from '../fixtures.ts';
import { renderKubeControllers } from '../kube-controllers/kube-controllers.ts';
import { renderNode } from '../node/node.ts';
import { renderTypha } from '../typha/typha.ts';
import { renderTrust } from './trust.ts';

const keys = (objects: ReturnType<typeof renderTrust>) =>
  objects.map(({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);

test('pairs stand in both namespaces, the authority in the operator’s only', () => {
  const objects = renderTrust(inputFor({}));
  expect(keys(objects)).toEqual([
    'Secret tigera-operator/tigera-ca-private',
    'Secret tigera-operator/node-certs',
    'Secret tigera-operator/typha-certs',
    'ConfigMap calico-system/tigera-ca-bundle',
    'Secret calico-system/node-certs',
    'Secret calico-system/typha-certs',
  ]);
  const secret = findObject<Secret>(objects, 'Secret', 'node-certs', 'calico-system');
  expect(Buffer.from(secret.data?.['tls.key'] ?? '', 'base64').toString()).toBe('key of node-certs\n');
  expect(secret.metadata).toMatchObject({
    labels: { 'certificates.operator.tigera.io/signer': 'tigera-operator-signer' },
    annotations: {
      'certificates.operator.tigera.io/dns-names': 'typha-client',
      'certificates.operator.tigera.io/expiry': '2029-02-25T01:19:31Z',
      'tigera-operator.hash.operator.tigera.io/node-certs': 'hash-of-node-certs',
    },
  });
});

test('a user’s Secret in the operator’s namespace is never written, its further keys are copied along', () => {
  const brought = exampleKeyPair('node-certs', {
    userProvided: true,
    furtherData: { 'common-name': 'bWU=' },
    ipAddresses: ['10.0.0.1', 'fd00::1'],
    notAfter: '2027-01-01T00:00:00.123Z',
  });
  const certificates = {
    ...exampleCertificates,
    authority: exampleKeyPair('tigera-ca-private', { userProvided: true }),
    pairs: { 'node-certs': brought },
  };
  const objects = renderTrust(inputFor({}, { certificates }));
  expect(keys(objects)).toEqual([
    'ConfigMap calico-system/tigera-ca-bundle',
    'Secret calico-system/node-certs',
  ]);
  const secret = findObject<Secret>(objects, 'Secret', 'node-certs');
  expect(secret.data).toHaveProperty('common-name', 'bWU=');
  expect(secret.metadata.annotations).toHaveProperty(
    ['certificates.operator.tigera.io/expiry'],
    '2027-01-01T00:00:00Z',
  );
  expect(secret.metadata.annotations).toHaveProperty(
    ['certificates.operator.tigera.io/ip-sans'],
    '10.0.0.1,fd00::1',
  );
});

test('the bundle has no public roots where the operator has none', () => {
  const certificates = { ...exampleCertificates, systemRoots: '' };
  const bundle = findObject<ConfigMap>(
    renderTrust(inputFor({}, { certificates })),
    'ConfigMap',
    'tigera-ca-bundle',
  );
  expect(bundle.data).toEqual({
    'ca.crt': 'trusted authorities\n',
    'tigera-ca-bundle.crt': 'trusted authorities\n',
  });
  expect(bundle.metadata.annotations).not.toHaveProperty(['hash.operator.tigera.io/system']);
});

// With characters that the URL-safe alphabet of base64 has not.
const caCert = Buffer.from('>>>???\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n').toString(
  'base64',
);
const byRequest = { certificateManagement: { caCert, signerName: 'example.com/calico' } };

const requestObjects = [
  'ClusterRole /tigera-csr-creator',
  'ClusterRoleBinding /calico-node:csr-creator',
  'ClusterRoleBinding /calico-typha:csr-creator',
  'ClusterRoleBinding /calico-kube-controllers:csr-creator',
];

test('with certificateManagement pods request their pairs: no Secrets, no authority, rights to request', () => {
  expect(caCert).toMatch(/\+.*\//);
  const objects = renderTrust(inputFor(byRequest));
  expect(keys(objects)).toEqual([...requestObjects, 'ConfigMap calico-system/tigera-ca-bundle']);
  expect(findObject<ClusterRole>(objects, 'ClusterRole', 'tigera-csr-creator').rules).toEqual([
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests'],
      verbs: ['create', 'watch', 'delete'],
    },
  ]);
});

test.each([
  {
    pair: 'node-certs',
    name: 'typha-client',
    user: 0,
    workload: () => findObject<DaemonSet>(renderNode(inputFor(byRequest)), 'DaemonSet', 'calico-node'),
  },
  {
    pair: 'typha-certs',
    name: 'typha-server',
    user: 10001,
    workload: () =>
      findObject<Deployment>(
        renderTypha(inputFor({ ...byRequest, typha: { mode: 'Always' } })),
        'Deployment',
        'calico-typha',
      ),
  },
])('the pods of $pair request it before anything else, into memory', ({ pair, name, user, workload }) => {
  const { volumes, initContainers, containers } = workload().spec?.template.spec ?? {};
  expect(volumes).toContainEqual({ name: pair, emptyDir: { medium: 'Memory' } });
  expect(initContainers?.[0]).toEqual({
    name: `${pair}-key-cert-provisioner`,
    image: 'quay.io/calico/key-cert-provisioner:v3.32.1',
    imagePullPolicy: 'IfNotPresent',
    resources: { limits: { cpu: '10m', memory: '50Mi' }, requests: { cpu: '10m', memory: '50Mi' } },
    // It leaves a key that its own user alone may read.
    securityContext: containers?.[0]?.securityContext,
    env: [
      { name: 'CERTIFICATE_PATH', value: '/certs-share/' },
      { name: 'SECRET_NAME', value: pair },
      { name: 'SIGNER', value: 'example.com/calico' },
      { name: 'COMMON_NAME', value: name },
      { name: 'KEY_NAME', value: 'tls.key' },
      { name: 'CERT_NAME', value: 'tls.crt' },
      { name: 'CA_CERT_NAME', value: 'ca.crt' },
      { name: 'CA_CERT', value: caCert.replaceAll('+', '-').replaceAll('/', '_') },
      { name: 'APP_NAME', value: 'calico-system' },
      { name: 'DNS_NAMES', value: name },
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
      {
        name: 'POD_NAMESPACE',
        valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
      },
    ],
    volumeMounts: [{ name: pair, mountPath: '/certs-share' }],
  });
  expect(containers?.[0]?.securityContext?.runAsUser).toBe(user);
});

test('the image of an ImageSet, algorithms and an override reach the pods that request', () => {
  const input = inputFor({
    ...byRequest,
    certificateManagement: { ...byRequest.certificateManagement, keyAlgorithm: 'RSAWithSize4096' },
    registry: 'r.example',
    typha: { mode: 'Always' },
    typhaDeployment: {
      spec: {
        template: {
          spec: {
            initContainers: [
              { name: 'typha-certs-key-cert-provisioner', resources: { limits: { cpu: '1' } } },
            ],
          },
        },
      },
    },
  });
  const [provisioner] =
    findObject<Deployment>(renderTypha(input), 'Deployment', 'calico-typha').spec?.template.spec
      ?.initContainers ?? [];
  expect(provisioner?.image).toBe('r.example/calico/key-cert-provisioner:v3.32.1');
  expect(provisioner?.env).toContainEqual({ name: 'KEY_ALGORITHM', value: 'RSAWithSize4096' });
  expect(provisioner?.resources).toEqual({ limits: { cpu: '1' } });
});

describe('while authorities change', () => {
  const change: AuthorityChange = {
    former: 'former authorities\n',
    authority: 'hash-of-tigera-ca-private',
    since: '2026-03-01T00:00:00Z',
    held: { node: 'earlier', typha: 'earlier' },
    mayRequest: true,
    ownAuthority: exampleKeyPair('tigera-ca-private'),
  };

  test('the pods of before keep what they need, and it is remembered whom they trust', () => {
    const { requests = {} } = inputFor(byRequest).certificates;
    const authority = exampleKeyPair('tigera-ca-private', { userProvided: true, privateKey: '' });
    const certificates = { ...exampleCertificates, authority, requests, change };
    const objects = renderTrust(inputFor(byRequest, { certificates }));
    expect(keys(objects)).toEqual([
      ...requestObjects,
      'Secret tigera-operator/tigera-ca-private',
      'Secret tigera-operator/node-certs',
      'Secret tigera-operator/typha-certs',
      'Secret tigera-operator/tigera-ca-retiring',
      'ConfigMap calico-system/tigera-ca-bundle',
      'Secret calico-system/node-certs',
      'Secret calico-system/typha-certs',
    ]);
    const { data = {} } = findObject<Secret>(objects, 'Secret', 'tigera-ca-retiring');
    expect(
      Object.fromEntries(
        Object.entries(data).map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]),
      ),
    ).toEqual({
      'ca.crt': 'former authorities\n',
      authority: 'hash-of-tigera-ca-private',
      since: '2026-03-01T00:00:00Z',
      'pods-may-request': 'true',
    });
  });

  test('pods of before may ask once more where nobody is to request any longer', () => {
    const certificates = { ...exampleCertificates, change };
    expect(keys(renderTrust(inputFor({}, { certificates })))).toEqual(expect.arrayContaining(requestObjects));
    const never = { ...certificates, change: { ...change, mayRequest: false } };
    expect(keys(renderTrust(inputFor({}, { certificates: never })))).not.toContain(requestObjects[0]);
  });

  test('only those that wait keep their hash', () => {
    const key = 'tigera-operator.hash.operator.tigera.io/tigera-ca-private';
    const hashes = (held: AuthorityChange['held']) => {
      const certificates = { ...exampleCertificates, change: { ...change, held } };
      const input = inputFor({ typha: { mode: 'Always' } }, { certificates });
      return [
        findObject<DaemonSet>(renderNode(input), 'DaemonSet', 'calico-node'),
        findObject<Deployment>(renderTypha(input), 'Deployment', 'calico-typha'),
        findObject<Deployment>(renderKubeControllers(input), 'Deployment', 'calico-kube-controllers'),
      ].map(({ spec }) => spec?.template.metadata?.annotations?.[key]);
    };
    const now = 'hash-of-tigera-ca-private';
    expect(hashes({ node: 'earlier', typha: 'earlier' })).toEqual(['earlier', 'earlier', now]);
    expect(hashes({ node: 'earlier' })).toEqual(['earlier', now, now]);
    expect(hashes({})).toEqual([now, now, now]);
  });
});
