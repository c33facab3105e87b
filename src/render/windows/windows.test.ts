import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { DaemonSet } from '../../api/kubernetes.ts';
import { exampleCertificates } from '../fixtures.ts';
import { render } from '../render.ts';
import { bgp, type Changes, eks, inputOf, podOf, vxlan, envOf } from './fixtures.ts';
import { isWindowsObject, renderWindows } from './windows.ts';

describe('what is rendered', () => {
  const describeAll = (spec: InstallationSpec, changes: Changes = {}) =>
    render(inputOf(spec, changes))
      .filter(({ component }) => component === 'calico-windows')
      .map(({ object, stage, ownership, teardown }) => [
        object.kind,
        object.metadata.name,
        stage,
        ownership,
        teardown,
      ]);

  test('configuration and DaemonSet, after everything of Linux, leaving as calico-node leaves', () => {
    expect(describeAll(vxlan)).toEqual([
      ['ConfigMap', 'cni-config-windows', 'windows-configuration', 'owned', 'last'],
      ['DaemonSet', 'calico-node-windows', 'windows-workload', 'owned', 'last'],
    ]);
    expect(renderWindows(inputOf(vxlan)).map(({ object }) => isWindowsObject(object))).toEqual([true, true]);
  });

  test('no configuration where another plugin makes the network', () => {
    expect(describeAll(eks).map(([kind]) => kind)).toEqual(['DaemonSet']);
  });

  test.each([
    ['off', {}, {}],
    ['refused', vxlan, { snapshot: { configMaps: {} } }],
    ['not known yet', vxlan, { snapshot: {}, cluster: { windows: undefined } }],
  ] as const)('nothing while Windows is %s', (_name, spec, changes) => {
    expect(describeAll(spec, changes as unknown as Changes)).toEqual([]);
  });

  test('Linux is the same with and without', () => {
    const others = (spec: InstallationSpec) =>
      render(inputOf(spec)).filter(({ object }) => !isWindowsObject(object));
    const without = {
      ...vxlan,
      calicoNetwork: { ...vxlan.calicoNetwork, windowsDataplane: 'Disabled' as const },
    };
    expect(others(vxlan)).toEqual(others(without));
  });

  test('nothing but these pods may land on Windows nodes, and these on no other', () => {
    const selectors = render(inputOf({ ...vxlan, typha: { mode: 'Always' } })).flatMap(({ object }) =>
      object.kind === 'DaemonSet' || object.kind === 'Deployment'
        ? [[object.metadata.name, (object as DaemonSet).spec?.template.spec?.nodeSelector]]
        : [],
    );
    expect(Object.fromEntries(selectors)).toEqual({
      'calico-node': { 'kubernetes.io/os': 'linux' },
      'csi-node-driver': { 'kubernetes.io/os': 'linux' },
      'calico-kube-controllers': expect.objectContaining({ 'kubernetes.io/os': 'linux' }),
      'calico-typha': { 'kubernetes.io/os': 'linux' },
      'calico-node-windows': { 'kubernetes.io/os': 'windows' },
    });
  });
});

describe('the pod', () => {
  test('is a host process, at home like calico-node', () => {
    const { pod, daemonSet } = podOf(vxlan);
    expect(pod).toMatchObject({
      hostNetwork: true,
      serviceAccountName: 'calico-node',
      priorityClassName: 'system-node-critical',
      terminationGracePeriodSeconds: 5,
      nodeSelector: { 'kubernetes.io/os': 'windows' },
      tolerations: [
        { key: 'CriticalAddonsOnly', operator: 'Exists' },
        { effect: 'NoSchedule', operator: 'Exists' },
        { effect: 'NoExecute', operator: 'Exists' },
      ],
    });
    expect(daemonSet.spec).toMatchObject({
      selector: { matchLabels: { 'k8s-app': 'calico-node-windows' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    });
    const all = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
    for (const { securityContext, imagePullPolicy } of all) {
      expect(securityContext).toEqual({
        windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\system' },
      });
      expect(imagePullPolicy).toBe('IfNotPresent');
    }
  });

  test('keeps off virtual nodes', () => {
    expect(podOf(eks).pod?.affinity?.nodeAffinity).toBeDefined();
    expect(podOf(vxlan).pod?.affinity).toBeUndefined();
  });

  test.each([
    ['VXLAN', vxlan, ['uninstall-calico', 'install-cni', 'felix', 'node']],
    ['BGP', bgp, ['uninstall-calico', 'install-cni', 'felix', 'node', 'confd']],
    ['a cloud’s plugin', eks, ['uninstall-calico', 'felix', 'node']],
  ])('has the containers that %s needs', (_name, spec, expected) => {
    expect(podOf(spec).names).toEqual(expected);
  });

  test('runs the programs of its images from where the host has them', () => {
    const { container } = podOf(bgp);
    const sandbox = '$env:CONTAINER_SANDBOX_MOUNT_POINT';
    expect(container('uninstall-calico')).toMatchObject({ args: [`${sandbox}/uninstall-calico.ps1`] });
    expect(container('install-cni')).toMatchObject({ command: [`${sandbox}/opt/cni/bin/install.exe`] });
    const workingDir = `${sandbox}/CalicoWindows`;
    expect(container('felix')).toMatchObject({ args: [`${workingDir}/felix-service.ps1`], workingDir });
    expect(container('node')).toMatchObject({ args: [`${workingDir}/node-service.ps1`], workingDir });
    expect(container('confd')).toMatchObject({ args: [`${workingDir}/confd/confd-service.ps1`], workingDir });
    const images = ['uninstall-calico', 'install-cni', 'felix', 'node', 'confd'].map(
      (name) => container(name)?.image,
    );
    const image = (name: string) => `quay.io/calico/${name}:v3.32.1`;
    const node = image('node-windows');
    expect(images).toEqual([node, image('cni-windows'), node, node, node]);
  });

  test('Felix is probed, and says good-bye', () => {
    const { container } = podOf(vxlan);
    const command = (flag: string) => ({
      command: ['$env:CONTAINER_SANDBOX_MOUNT_POINT/CalicoWindows/calico-node.exe', flag],
    });
    expect(container('felix')).toMatchObject({
      lifecycle: { preStop: { exec: command('-shutdown') } },
      livenessProbe: {
        exec: command('-felix-live'),
        initialDelaySeconds: 10,
        periodSeconds: 10,
        timeoutSeconds: 10,
        failureThreshold: 6,
        successThreshold: 1,
      },
      readinessProbe: {
        exec: command('-felix-ready'),
        periodSeconds: 10,
        timeoutSeconds: 10,
        failureThreshold: 3,
        successThreshold: 1,
      },
    });
    for (const name of ['node', 'uninstall-calico', 'install-cni']) {
      expect(Object.keys(container(name) ?? {})).not.toContain('livenessProbe');
    }
  });

  test('mounts what its containers use, and nothing else', () => {
    const { pod, container } = podOf({
      ...bgp,
      windowsNodes: { cniBinDir: 'd:/cni/bin', cniConfigDir: '/cni/conf', cniLogDir: '/logs' },
    });
    const hostPath = (path: string) => ({ hostPath: { path, type: 'DirectoryOrCreate' } });
    expect(Object.fromEntries((pod?.volumes ?? []).map(({ name, ...source }) => [name, source]))).toEqual({
      'cni-bin-dir': hostPath('d:/cni/bin'),
      'cni-net-dir': hostPath('/cni/conf'),
      'cni-log-dir': hostPath('/logs'),
      'var-run-calico': hostPath('/var/run/calico'),
      'var-lib-calico': hostPath('/var/lib/calico'),
      'node-certs': { secret: { secretName: 'node-certs', defaultMode: 0o644 } },
      'tigera-ca-bundle': { configMap: { name: 'tigera-ca-bundle', defaultMode: 0o644 } },
    });
    const mountsOf = (name: string) =>
      (container(name)?.volumeMounts ?? []).map(({ name: volume, mountPath, readOnly }) =>
        [volume, mountPath, ...(readOnly === true ? ['ro'] : [])].join(' '),
      );
    const main = [
      'cni-log-dir /var/log/calico/cni',
      'cni-net-dir /host/etc/cni/net.d',
      'node-certs c:/node-certs ro',
      'tigera-ca-bundle c:/etc/pki/tls/certs ro',
      'var-lib-calico /var/lib/calico',
      'var-run-calico /var/run/calico',
    ];
    for (const name of ['felix', 'node', 'confd']) expect(mountsOf(name)).toEqual(main);
    expect(mountsOf('uninstall-calico')).toEqual(['cni-net-dir /host/etc/cni/net.d']);
    expect(mountsOf('install-cni')).toEqual([
      'cni-bin-dir /host/opt/cni/bin',
      'cni-net-dir /host/etc/cni/net.d',
    ]);
  });

  test('has no CNI directories with a cloud’s plugin', () => {
    const { pod, container } = podOf(eks);
    expect((pod?.volumes ?? []).map(({ name }) => name)).toEqual([
      'node-certs',
      'tigera-ca-bundle',
      'var-lib-calico',
      'var-run-calico',
    ]);
    expect(container('uninstall-calico')?.volumeMounts).toBeUndefined();
    expect(envOf(eks, {}, 'uninstall-calico')).toEqual({ CNI_PLUGIN_TYPE: 'AmazonVPC' });
  });
});

describe('roll-outs', () => {
  const annotationsOf = (spec: InstallationSpec, changes: Changes = {}) =>
    podOf(spec, changes).template?.metadata?.annotations ?? {};

  test('follow the CNI configuration and what is trusted', () => {
    const before = annotationsOf(vxlan);
    expect(Object.keys(before)).toEqual(
      expect.arrayContaining([
        'hash.operator.tigera.io/cni-config',
        'tigera-operator.hash.operator.tigera.io/tigera-ca-private',
      ]),
    );
    const key = 'hash.operator.tigera.io/cni-config';
    expect(annotationsOf({ ...vxlan, windowsNodes: { vxlanMACPrefix: '0A-00' } })[key]).not.toBe(before[key]);
    expect(annotationsOf({ ...vxlan, nodeMetricsPort: 9091 })[key]).toBe(before[key]);
    expect(annotationsOf(eks)[key]).toBeUndefined();
  });

  test('public roots, which come with the image of the operator, restart no node', () => {
    const certificates = { ...exampleCertificates, systemRoots: 'other roots' };
    expect(annotationsOf(vxlan, { certificates })).toEqual(annotationsOf(vxlan));
  });

  test('Prometheus finds the metrics where they are on', () => {
    expect(annotationsOf({ ...vxlan, nodeMetricsPort: 9091 })).toMatchObject({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '9091',
    });
    expect(Object.keys(annotationsOf(vxlan))).not.toContain('prometheus.io/scrape');
  });
});
