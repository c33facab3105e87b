import { expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { inputFor } from '../fixtures.ts';
import type { RenderInput } from '../types.ts';
import { ebpfBootstrap } from './bootstrap.ts';

const apiServer = {
  services: ['10.96.0.1:443', '[fd00::1]:443'],
  endpoints: ['10.0.0.1:6443', '10.0.0.2:6443'],
};
const iptables: InstallationSpec = { calicoNetwork: { linuxDataplane: 'Iptables' } };
const bpf: InstallationSpec = { calicoNetwork: { linuxDataplane: 'BPF' } };
const bootstrapped: InstallationSpec = {
  calicoNetwork: { linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled' },
};
const variables = [
  { name: 'KUBERNETES_SERVICE_IPS_PORTS', value: '10.96.0.1:443,[fd00::1]:443' },
  { name: 'KUBERNETES_APISERVER_ENDPOINTS', value: '10.0.0.1:6443,10.0.0.2:6443' },
];
const strict = ['calico-node', '-init'];
const lenient = [...strict, '-best-effort'];

const phased = (spec: InstallationSpec, dataPlane: RenderInput['phase']['dataPlane']): RenderInput =>
  inputFor(spec, {
    cluster: { apiServer },
    phase: { typhaDeployed: false, felixUsesTypha: false, ...(dataPlane === undefined ? {} : { dataPlane }) },
  });

test.each([
  ['other data planes do not need it', iptables, undefined, lenient, undefined],
  ['BPF without bootstrap has no addresses', bpf, undefined, strict, undefined],
  ['BPF with bootstrap', bootstrapped, undefined, strict, variables],
  ['on its way on', bootstrapped, { bpfEnabled: false, bpfTemplate: true }, strict, variables],
  [
    'on its way off, with what it had',
    iptables,
    { bpfEnabled: true, bpfTemplate: true, bootstrap: apiServer },
    strict,
    variables,
  ],
  ['on its way off, without bootstrap', iptables, { bpfEnabled: true, bpfTemplate: true }, strict, undefined],
  ['off', iptables, { bpfEnabled: false, bpfTemplate: false }, lenient, undefined],
])('%s', (_, spec, dataPlane, command, env) => {
  const container = ebpfBootstrap(phased(spec, dataPlane));
  expect(container.command).toEqual(command);
  expect(container.env).toEqual(env);
});

test('the cgroup is mounted where Felix looks for it', () => {
  const felix = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    metadata: { name: 'default' },
    spec: { cgroupV2Path: '/run/cgroup' },
  } as const;
  expect(ebpfBootstrap(inputFor(bpf, { live: { felix } })).env).toEqual([
    { name: 'CALICO_CGROUP_PATH', value: '/run/cgroup' },
  ]);
});
