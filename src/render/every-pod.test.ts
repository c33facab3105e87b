/** Settings that concern the pods of every workload alike. */
import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../api/installation.ts';
import type { Container, PodSpec } from '../api/kubernetes.ts';
import { render } from './render.ts';
import { inputOf, vxlan } from './windows/fixtures.ts';

const workloads = [
  'DaemonSet calico-node',
  'DaemonSet csi-node-driver',
  'Deployment calico-typha',
  'Deployment calico-kube-controllers',
  'DaemonSet calico-node-windows',
] as const;

/** Pods by kind and name of their workload, on a cluster that has all of them. */
function podsOf(spec: InstallationSpec): Readonly<Record<string, PodSpec>> {
  const input = inputOf({ ...vxlan, typha: { mode: 'Always' }, ...spec });
  return Object.fromEntries(
    render(input).flatMap(({ object }) => {
      const pod = (object as { readonly spec?: { readonly template?: { readonly spec?: PodSpec } } }).spec
        ?.template?.spec;
      return pod === undefined ? [] : [[`${object.kind} ${object.metadata.name}`, pod]];
    }),
  );
}

const variable = ({ env = [] }: Container, name: string): string | undefined =>
  env.find((each) => each.name === name)?.value;

test('these are all workloads', () => {
  expect(Object.keys(podsOf({})).sort()).toEqual([...workloads].sort());
});

describe.each(workloads)('%s', (name) => {
  test('hands tlsCipherSuites to every main container, sorted, and to no init container', () => {
    const spec: InstallationSpec = {
      tlsCipherSuites: [{ name: 'TLS_AES_256_GCM_SHA384' }, { name: 'TLS_AES_128_GCM_SHA256' }],
    };
    const { containers = [], initContainers = [] } = podsOf(spec)[name] ?? {};
    const suites = containers.map((container) => variable(container, 'TLS_CIPHER_SUITES'));
    expect(suites).toEqual(containers.map(() => 'TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384'));
    expect(initContainers.filter((container) => variable(container, 'TLS_CIPHER_SUITES'))).toEqual([]);
  });

  test.each<[string, InstallationSpec]>([
    ['tlsCipherSuites that name none', { tlsCipherSuites: [] }],
    ['nonPrivileged: Disabled', { nonPrivileged: 'Disabled' }],
    ['fipsMode: Disabled', { fipsMode: 'Disabled' }],
    [
      'a proxy, which only programs that reach out of the cluster use',
      { proxy: { httpProxy: 'http://p:1', httpsProxy: 'http://p:2', noProxy: '.svc' } },
    ],
  ])('is as without %s', (_what, spec) => {
    expect(podsOf(spec)[name]).toEqual(podsOf({})[name]);
    expect(JSON.stringify(podsOf(spec)[name])).not.toMatch(/TLS_CIPHER_SUITES|_PROXY|_proxy/);
  });
});

const imagesOf = (spec: InstallationSpec) =>
  Object.fromEntries(
    Object.values(podsOf(spec)).flatMap(({ containers, initContainers = [] }) =>
      [...initContainers, ...containers].map(({ name, image }) => [name, image]),
    ),
  );

test('fipsMode takes the images that have a FIPS build, and changes nothing else', () => {
  const linuxOnly: InstallationSpec = { calicoNetwork: {} };
  expect(imagesOf({ ...linuxOnly, fipsMode: 'Enabled' })).toEqual({
    'calico-node': 'quay.io/calico/node:v3.32.1-fips',
    'ebpf-bootstrap': 'quay.io/calico/node:v3.32.1-fips',
    'install-cni': 'quay.io/calico/cni:v3.32.1-fips',
    'flexvol-driver': 'quay.io/calico/pod2daemon-flexvol:v3.32.1',
    'calico-csi': 'quay.io/calico/csi:v3.32.1-fips',
    'csi-node-driver-registrar': 'quay.io/calico/node-driver-registrar:v3.32.1-fips',
    'calico-typha': 'quay.io/calico/typha:v3.32.1-fips',
    'calico-kube-controllers': 'quay.io/calico/kube-controllers:v3.32.1-fips',
  });
  const text = (spec: InstallationSpec) => JSON.stringify(podsOf({ ...linuxOnly, ...spec }));
  expect(text({ fipsMode: 'Enabled' }).replaceAll('-fips', '')).toBe(text({}));
});
