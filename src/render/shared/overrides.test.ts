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
