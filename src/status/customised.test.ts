import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../api/installation.ts';
import { customisations, withoutValues } from './customised.ts';

const spec: InstallationSpec = {
  registry: 'registry.example.com/',
  typhaDeployment: {
    spec: {
      minReadySeconds: 5,
      strategy: { rollingUpdate: { maxSurge: 1 } },
      template: { spec: { terminationGracePeriodSeconds: 30, tolerations: [] } },
    },
  },
  csiNodeDriverDaemonSet: { metadata: {}, spec: { template: { spec: { containers: [] } } } },
  calicoNodeDaemonSet: {
    metadata: { labels: { team: 'net' }, annotations: { note: 'x' } },
    spec: {
      template: {
        metadata: { labels: { b: '1', a: '2' } },
        spec: {
          priorityClassName: 'mine',
          dnsPolicy: '',
          nodeSelector: { disk: 'ssd' },
          affinity: {},
          volumes: [
            { name: 'z', emptyDir: {} },
            { name: 'extra', secret: { secretName: 'hidden-name' } },
          ],
          initContainers: [{ name: 'install-cni', resources: { limits: { cpu: '1' } } }],
          containers: [
            {
              name: 'calico-node',
              resources: {},
              env: [
                { name: 'PROXY_PASSWORD', value: 'hunter2' },
                { name: 'HOST', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
              ],
              args: ['--token', 'hunter2', '--verbose=hunter2', 'hunter2', '-v'],
              volumeMounts: [{ name: 'extra', mountPath: '/etc/extra' }],
            },
          ],
        },
      },
    },
  },
};

describe('customisations', () => {
  test('name every change, in a stable order, and no value', () => {
    expect(customisations(spec)).toEqual([
      {
        block: 'calicoNodeDaemonSet',
        changes: [
          'labels: team',
          'annotations: note',
          'pod labels: a, b',
          'install-cni resources',
          'calico-node env: HOST, PROXY_PASSWORD',
          'calico-node args: --token, --verbose, -v',
          'calico-node volumeMounts: /etc/extra',
          'affinity',
          'priorityClassName',
          'nodeSelector: disk',
          'volumes: extra, z',
        ],
      },
      {
        block: 'typhaDeployment',
        changes: ['minReadySeconds', 'strategy', 'terminationGracePeriodSeconds', 'tolerations'],
      },
    ]);
    expect(JSON.stringify(customisations(spec))).not.toContain('hunter2');
  });

  test('show arguments without a flag by their being there', () => {
    const containers = [{ name: 'calico-kube-controllers' as const, args: ['hunter2'] }];
    expect(
      customisations({ calicoKubeControllersDeployment: { spec: { template: { spec: { containers } } } } }),
    ).toEqual([{ block: 'calicoKubeControllersDeployment', changes: ['calico-kube-controllers args'] }]);
  });

  test('of a spec without overrides are none', () => {
    expect(customisations({ typhaDeployment: {}, calicoNodeDaemonSet: { spec: {} } })).toEqual([]);
  });
});

describe('the spec without values', () => {
  test('hides those of variables and arguments, and nothing else', () => {
    const before = structuredClone(spec);
    const shown = withoutValues(spec);
    expect(JSON.stringify(shown)).not.toContain('hunter2');
    const container = shown.calicoNodeDaemonSet?.spec?.template?.spec?.containers?.[0];
    expect(container).toEqual({
      ...spec.calicoNodeDaemonSet?.spec?.template?.spec?.containers?.[0],
      env: [
        { name: 'PROXY_PASSWORD', value: '(not shown)' },
        { name: 'HOST', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
      ],
      args: Array(5).fill('(not shown)'),
    });
    expect({ ...shown, calicoNodeDaemonSet: spec.calicoNodeDaemonSet }).toEqual(spec);
    expect(spec).toEqual(before);
  });

  test('is the spec itself where there is nothing to hide', () => {
    const plain: InstallationSpec = { typhaDeployment: { spec: { minReadySeconds: 1 } }, registry: 'a/' };
    expect(withoutValues(plain)).toEqual(plain);
  });
});
