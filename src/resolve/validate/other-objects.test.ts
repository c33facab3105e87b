import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { resolve } from '../resolve.ts';
import { defaultSnapshot, type SnapshotParts } from '../testing.ts';

const refusalsOf = (parts: SnapshotParts) => {
  const resolution = resolve(defaultSnapshot(parts));
  return resolution.kind === 'refused' ? resolution.refusals : [];
};

describe('objects beside the Installation', () => {
  const secret = (type?: string) => ({
    apiVersion: 'v1' as const,
    kind: 'Secret' as const,
    metadata: { name: 'regcred' },
    ...(type === undefined ? {} : { type }),
  });
  const endpoint = (data: Readonly<Record<string, string>>) => ({
    'kubernetes-services-endpoint': {
      apiVersion: 'v1' as const,
      kind: 'ConfigMap' as const,
      metadata: { name: 'kubernetes-services-endpoint' },
      data,
    },
  });

  test('a missing pull secret is named with its namespace and what to do', () => {
    const spec = { imagePullSecrets: [{ name: 'regcred' }] };
    const [refusal] = refusalsOf({ spec });
    expect(refusal).toMatchObject({ reason: 'ResourceReadError', value: 'regcred' });
    expect(refusal?.problem).toContain('tigera-operator/regcred');
    expect(refusal?.cure).toContain('kubectl create secret docker-registry regcred -n tigera-operator');
    expect(refusalsOf({ spec, secrets: { regcred: secret('kubernetes.io/dockerconfigjson') } })).toEqual([]);
    expect(refusalsOf({ spec, secrets: { regcred: secret('Opaque') } })).toMatchObject([
      { reason: 'ResourceValidationError' },
    ]);
  });

  test.each<[Readonly<Record<string, string>>, readonly string[]]>([
    [{ KUBERNETES_SERVICE_HOST: '10.1.2.3', KUBERNETES_SERVICE_PORT: '6443' }, []],
    [{ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }, []],
    [{ KUBERNETES_SERVICE_HOST: 'api.example.com', KUBERNETES_SERVICE_PORT: '443' }, []],
    [{}, []],
    [
      { KUBERNETES_SERVICE_HOST: 'api.<cluster_name>.<base_domain>', KUBERNETES_SERVICE_PORT: '6443' },
      ['data.KUBERNETES_SERVICE_HOST'],
    ],
    [{ KUBERNETES_SERVICE_HOST: '10.1.2.3' }, ['data.KUBERNETES_SERVICE_PORT']],
    [{ KUBERNETES_SERVICE_PORT: 'https' }, ['data.KUBERNETES_SERVICE_HOST', 'data.KUBERNETES_SERVICE_PORT']],
    [
      { KUBERNETES_SERVICE_HOST_POD_NETWORK: '10.1.2.3', KUBERNETES_SERVICE_PORT_POD_NETWORK: '0' },
      ['data.KUBERNETES_SERVICE_PORT_POD_NETWORK'],
    ],
  ])('the endpoint %j', (data, fields) => {
    expect(refusalsOf({ configMaps: endpoint(data) }).map(({ field }) => field)).toEqual(fields);
  });

  test('bootstrap and an endpoint that is told exclude each other', () => {
    const spec: InstallationSpec = {
      calicoNetwork: { linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled' },
    };
    const apiServer = { services: ['10.96.0.1:443'], endpoints: ['10.0.0.1:6443'] };
    expect(refusalsOf({ spec, cluster: { apiServer } })).toEqual([]);
    expect(refusalsOf({ spec, cluster: { apiServer }, configMaps: endpoint({}) })).toMatchObject([
      { reason: 'ResourceValidationError', field: 'spec.calicoNetwork.bpfNetworkBootstrap' },
    ]);
  });

  test('bootstrap needs the addresses that it passes on', () => {
    const spec: InstallationSpec = {
      calicoNetwork: { linuxDataplane: 'BPF', bpfNetworkBootstrap: 'Enabled' },
    };
    expect(refusalsOf({ spec })).toMatchObject([
      { reason: 'ResourceValidationError', field: 'spec.calicoNetwork.bpfNetworkBootstrap' },
    ]);
    expect(refusalsOf({ spec })[0]?.problem).toContain('Service default/kubernetes');
    expect(refusalsOf({ spec: { calicoNetwork: { linuxDataplane: 'BPF' } } })).toEqual([]);
  });
});
