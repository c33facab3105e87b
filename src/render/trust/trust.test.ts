import { expect, test } from '@jest/globals';
import type { ConfigMap, DaemonSet, Secret } from '../../api/kubernetes.ts';
import { exampleCertificates, exampleKeyPair, findObject, inputFor } from '../fixtures.ts';
import { renderNode } from '../node/node.ts';
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

test('with certificateManagement pods request their pairs: no Secrets, no authority, rights to request', () => {
  const caCert = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n').toString(
    'base64',
  );
  const spec = { certificateManagement: { caCert, signerName: 'example.com/calico' } };
  expect(keys(renderTrust(inputFor(spec)))).toEqual([
    'ClusterRole /tigera-csr-creator',
    'ClusterRoleBinding /calico-node:csr-creator',
    'ClusterRoleBinding /calico-typha:csr-creator',
    'ClusterRoleBinding /calico-kube-controllers:csr-creator',
    'ConfigMap calico-system/tigera-ca-bundle',
  ]);
  const { volumes, initContainers } =
    findObject<DaemonSet>(renderNode(inputFor(spec)), 'DaemonSet', 'calico-node').spec?.template.spec ?? {};
  expect(volumes).toContainEqual({ name: 'node-certs', emptyDir: { medium: 'Memory' } });
  expect(initContainers?.[0]).toMatchObject({
    name: 'node-certs-key-cert-provisioner',
    env: expect.arrayContaining([
      { name: 'SIGNER', value: 'example.com/calico' },
      { name: 'COMMON_NAME', value: 'typha-client' },
      { name: 'CA_CERT', value: caCert.replaceAll('+', '-').replaceAll('/', '_') },
    ]) as unknown,
  });
});
