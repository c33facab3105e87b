import { describe, expect, test } from '@jest/globals';
import type { PodSpec } from '../../api/kubernetes.ts';
import { overrideMetadata, overridePodSpec } from './overrides.ts';

const pod: PodSpec = {
  containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }, { name: 'side' }],
  initContainers: [{ name: 'init' }],
  nodeSelector: { rendered: 'yes' },
  tolerations: [{ operator: 'Exists' }],
  priorityClassName: 'critical',
};

describe('overridePodSpec', () => {
  test('changes nothing without override', () => {
    expect(overridePodSpec(pod)).toEqual(pod);
  });

  test('replaces resources of containers by name, as canonical quantities, and ignores unknown names', () => {
    const changed = overridePodSpec(pod, {
      containers: [
        { name: 'main', resources: { limits: { memory: '1024Mi' } } },
        { name: 'unknown', resources: { limits: { cpu: '1' } } },
        { name: 'side', resources: {} },
      ],
      initContainers: [{ name: 'init', resources: { requests: { cpu: '0.5' } } }],
    });
    expect(changed.containers).toEqual([
      { name: 'main', resources: { limits: { memory: '1Gi' } } },
      { name: 'side' },
    ]);
    expect(changed.initContainers).toEqual([{ name: 'init', resources: { requests: { cpu: '500m' } } }]);
  });

  test('an empty list of tolerations clears them', () => {
    expect(overridePodSpec(pod, { tolerations: [] }).tolerations).toEqual([]);
  });

  test('adds node selectors but keeps rendered keys', () => {
    const { nodeSelector } = overridePodSpec(pod, { nodeSelector: { rendered: 'no', zone: 'a' } });
    expect(nodeSelector).toEqual({ rendered: 'yes', zone: 'a' });
  });

  test('empty names and policies mean the built-in ones', () => {
    expect(overridePodSpec(pod, { priorityClassName: '', dnsPolicy: '' })).toEqual(pod);
    expect(overridePodSpec(pod, { priorityClassName: 'mine', dnsPolicy: 'None' })).toMatchObject({
      priorityClassName: 'mine',
      dnsPolicy: 'None',
    });
  });
});

describe('what an override adds to pods', () => {
  const base: PodSpec = {
    containers: [
      {
        name: 'main',
        args: ['--a'],
        env: [
          { name: 'FIRST', value: '1' },
          { name: 'SECOND', value: '2' },
        ],
        volumeMounts: [{ name: 'own', mountPath: '/own' }],
      },
      { name: 'bare' },
    ],
    initContainers: [{ name: 'ebpf-bootstrap' }],
    volumes: [{ name: 'own', emptyDir: {} }],
  };
  const env = [
    { name: 'THIRD', value: '$(FIRST)' },
    { name: 'FIRST', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  ];
  const volumeMounts = [{ name: 'extra', mountPath: '/extra' }];

  test('variables win by name in their place, arguments and mounts follow the rendered ones', () => {
    expect(
      overridePodSpec(base, { containers: [{ name: 'main', env, args: ['--b'], volumeMounts }] }),
    ).toEqual({
      ...base,
      containers: [
        {
          name: 'main',
          args: ['--a', '--b'],
          env: [env[1], { name: 'SECOND', value: '2' }, env[0]],
          volumeMounts: [{ name: 'own', mountPath: '/own' }, ...volumeMounts],
        },
        { name: 'bare' },
      ],
    });
  });

  test('containers that have none of them get them, by a former name too; empty lists add nothing', () => {
    const { containers, initContainers } = overridePodSpec(base, {
      containers: [{ name: 'bare', env, args: ['--b'], volumeMounts }],
      initContainers: [{ name: 'mount-bpffs', env: [], args: ['-x'], volumeMounts: [] }],
    });
    expect(containers[1]).toEqual({ name: 'bare', env, args: ['--b'], volumeMounts });
    expect(initContainers).toEqual([{ name: 'ebpf-bootstrap', args: ['-x'] }]);
  });

  test('volumes follow the rendered ones; quantities are written as the API server writes them', () => {
    const memory = { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } };
    const limit = {
      name: 'L',
      valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1000m' } },
    };
    const changed = overridePodSpec(base, {
      volumes: [memory],
      containers: [{ name: 'bare', env: [limit] }],
    });
    expect(changed.volumes).toEqual([
      { name: 'own', emptyDir: {} },
      { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
    ]);
    expect(changed.containers[1]?.env).toEqual([
      { name: 'L', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
    ]);
    expect(overridePodSpec({ containers: [] }, { volumes: [memory] }).volumes).toHaveLength(1);
  });
});

describe('overrideMetadata', () => {
  test('adds keys; rendered ones, the selector label and keys of the operator are not the user’s', () => {
    const changed = overrideMetadata(
      { labels: { a: 'rendered' } },
      {
        labels: { a: 'mine', 'k8s-app': 'mine', team: 'net' },
        annotations: { 'hash.operator.tigera.io/cni-config': 'x', note: 'y' },
      },
    );
    expect(changed).toEqual({ labels: { a: 'rendered', team: 'net' }, annotations: { note: 'y' } });
  });

  test('leaves out what would be empty', () => {
    expect(overrideMetadata({ labels: { a: 'b' } }, {})).toEqual({ labels: { a: 'b' } });
  });
});
