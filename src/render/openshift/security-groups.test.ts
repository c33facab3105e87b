import { expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { Job, Role, RoleBinding } from '../../api/kubernetes.ts';
import type { ClusterFacts } from '../../resolve/types.ts';
import { findObject, inputFor } from '../fixtures.ts';
import type { LiveConfiguration, RenderInput } from '../types.ts';
import { renderSecurityGroups } from './security-groups.ts';

const aws = { name: 'mine-x7k2p', region: 'eu-west-1', hosted: false };
const live: LiveConfiguration = {
  ownImage: { image: 'example.com/operator:1', imagePullPolicy: 'Always', imagePullSecrets: ['own'] },
};
const openShift: InstallationSpec = { kubernetesProvider: 'OpenShift' };

interface Changes extends Partial<Omit<RenderInput, 'resolved'>> {
  readonly cluster?: Partial<ClusterFacts>;
}

const rendered = (spec: InstallationSpec = {}, { cluster, ...changes }: Changes = {}) =>
  renderSecurityGroups(
    inputFor(
      { ...openShift, ...spec },
      { cluster: { openShiftClusterNetworks: ['10.128.0.0/14'], aws, ...cluster }, live, ...changes },
    ),
  );

const jobOf = (...args: Parameters<typeof rendered>): Job =>
  findObject<Job>(rendered(...args), 'Job', 'aws-security-group-setup-1');
const podOf = (...args: Parameters<typeof rendered>) => jobOf(...args).spec?.template.spec;
const containerOf = (...args: Parameters<typeof rendered>) => podOf(...args)?.containers[0];

test('the reference’s objects, beside everything that Calico itself needs', () => {
  expect(
    rendered().map(
      ({ object: { kind, metadata }, stage, ownership, component }) =>
        `${stage} ${kind} ${metadata.namespace ?? ''}/${metadata.name} ${ownership} ${component}`,
    ),
  ).toEqual([
    'aws-access ServiceAccount tigera-operator/tigera-aws-security-group-setup owned calico',
    'aws-access Role tigera-operator/tigera-aws-security-group-setup owned calico',
    'aws-access RoleBinding tigera-operator/tigera-aws-security-group-setup owned calico',
    'aws-access Role kube-system/tigera-aws-security-group-setup owned calico',
    'aws-access RoleBinding kube-system/tigera-aws-security-group-setup owned calico',
    'aws-job Job tigera-operator/aws-security-group-setup-1 owned calico',
  ]);
});

test.each<[string, InstallationSpec, Changes]>([
  ['on another platform', { kubernetesProvider: 'RKE2' }, {}],
  ['before it is known which image the operator has', {}, { live: {} }],
])('nothing %s', (_name, spec, changes) => {
  expect(rendered(spec, changes)).toEqual([]);
});

test('nothing on OpenShift in another cloud', () => {
  const input = inputFor(openShift, { cluster: { openShiftClusterNetworks: ['10.128.0.0/14'] }, live });
  expect(renderSecurityGroups(input)).toEqual([]);
});

test('it may read one Secret, and use the host’s network', () => {
  const rules = (namespace: string) =>
    findObject<Role>(rendered(), 'Role', 'tigera-aws-security-group-setup', namespace).rules;
  expect(rules('kube-system')).toEqual([
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['aws-creds'] },
  ]);
  expect(rules('tigera-operator')).toEqual([
    {
      apiGroups: ['security.openshift.io'],
      resources: ['securitycontextconstraints'],
      verbs: ['use'],
      resourceNames: ['hostnetwork-v2'],
    },
  ]);
  const binding = findObject<RoleBinding>(
    rendered(),
    'RoleBinding',
    'tigera-aws-security-group-setup',
    'kube-system',
  );
  expect(binding.subjects).toEqual([
    { kind: 'ServiceAccount', name: 'tigera-aws-security-group-setup', namespace: 'tigera-operator' },
  ]);
});

test('an operator in kube-system needs one Role for both', () => {
  const operator = { namespace: 'kube-system', serviceAccount: 'tigera-operator', version: '0.0.0' };
  const objects = rendered({}, { operator }).map(
    ({ object: { kind, metadata } }) => `${kind} ${metadata.name}`,
  );
  expect(new Set(objects).size).toBe(objects.length);
  expect(
    findObject<Role>(rendered({}, { operator }), 'Role', 'tigera-aws-security-group-setup').rules,
  ).toHaveLength(2);
});

test('the program is told where it is, and runs as the operator does, without a network of Kubernetes', () => {
  expect(containerOf()).toMatchObject({
    image: 'example.com/operator:1',
    imagePullPolicy: 'Always',
    args: ['aws-security-groups', '--cluster=mine-x7k2p', '--region=eu-west-1'],
    env: [],
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  });
  expect(podOf()).toMatchObject({
    hostNetwork: true,
    dnsPolicy: 'Default',
    restartPolicy: 'Never',
    serviceAccountName: 'tigera-aws-security-group-setup',
    imagePullSecrets: [{ name: 'own' }],
  });
});

test('a hosted control plane and an address of one’s own are handed on', () => {
  const cluster = { aws: { ...aws, hosted: true, endpoint: 'https://ec2.example.com' } };
  expect(containerOf({}, { cluster })?.args).toEqual([
    'aws-security-groups',
    '--cluster=mine-x7k2p',
    '--region=eu-west-1',
    '--hosted',
    '--endpoint=https://ec2.example.com',
  ]);
});

test('proxies, the API server’s address and pull secrets of the spec reach the pod', () => {
  const spec: InstallationSpec = {
    proxy: { httpsProxy: 'http://proxy:3128', noProxy: '.svc' },
    imagePullSecrets: [{ name: 'mine' }],
  };
  const apiEndpoint = { host: 'api.example.com', port: '6443' };
  const pullSecret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mine', namespace: 'tigera-operator' },
    type: 'kubernetes.io/dockerconfigjson',
    data: {},
  } as const;
  const changes: Changes = { cluster: { apiEndpoint }, pullSecrets: [pullSecret] };
  expect(containerOf(spec, changes)?.env).toEqual([
    { name: 'KUBERNETES_SERVICE_HOST', value: 'api.example.com' },
    { name: 'KUBERNETES_SERVICE_PORT', value: '6443' },
    { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
    { name: 'NO_PROXY', value: '.svc' },
  ]);
  expect(podOf(spec, changes)?.imagePullSecrets).toEqual([{ name: 'mine' }, { name: 'own' }]);
});
