import { describe, expect, test } from '@jest/globals';

import type { Machine } from '../tiers.ts';
import {
  calicoPrograms,
  clusterTiers,
  fastTiers,
  missingOperandPackages,
  reasonNotToRun,
  selectTiers,
} from '../tiers.ts';

describe('selectTiers', () => {
  test('picks all tiers without names, and leaves the rest to jest', () => {
    expect(selectTiers(['-t', 'cluster'])).toEqual({
      fast: fastTiers,
      cluster: clusterTiers,
      jestArguments: ['-t', 'cluster'],
    });
  });

  test('picks the named tiers in their own order', () => {
    expect(selectTiers(['fault', 'unit', 'cluster', '--bail'])).toEqual({
      fast: ['unit'],
      cluster: ['cluster', 'fault'],
      jestArguments: ['--bail'],
    });
  });
});

describe('reasonNotToRun', () => {
  const able: Machine = {
    environment: { CALICO_BIN: '/calico', PATH: '/bin:/sbin' },
    platform: 'linux',
    root: true,
    isExecutable: () => true,
  };
  const bare: Machine = { environment: {}, platform: 'darwin', root: false, isExecutable: () => false };

  test.each(clusterTiers)('%s runs where everything is there', (tier) => {
    expect(reasonNotToRun(tier, able)).toBeUndefined();
  });

  test.each(['control-plane', 'cluster', 'fault', 'demo'] as const)('%s is never skipped', (tier) => {
    expect(reasonNotToRun(tier, bare)).toBeUndefined();
  });

  test.each(['operands', 'real-node'] as const)('%s says what it lacks', (tier) => {
    expect(reasonNotToRun(tier, bare)).toContain('Linux');
    expect(reasonNotToRun(tier, { ...able, root: false })).toContain('root');
    const unset = { ...able, environment: {} };
    expect(reasonNotToRun(tier, unset)).toContain('CALICO_BIN is not set');
    const withoutCalico = { ...able, isExecutable: (path: string) => !path.startsWith('/calico/') };
    expect(reasonNotToRun(tier, withoutCalico)).toContain(calicoPrograms.join(', '));
  });

  test('real-node needs no programs of Calico where it may pull images', () => {
    const environment = { CALICO_IMAGES: 'pull' };
    expect(reasonNotToRun('real-node', { ...able, environment })).toBeUndefined();
    expect(reasonNotToRun('real-node', { ...able, environment, root: false })).toContain('root');
  });

  test('operands lacks no package that apt-get can install, else says how', () => {
    const lacking = (...names: readonly string[]): Machine => ({
      ...able,
      isExecutable: (path) => !names.some((name) => path.endsWith(`/${name}`)),
    });
    expect(reasonNotToRun('operands', lacking('ipset', 'ss'))).toBeUndefined();
    expect(missingOperandPackages(lacking('ipset', 'ss'))).toEqual(['iproute2', 'ipset']);
    expect(reasonNotToRun('operands', lacking('ipset', 'ss', 'apt-get'))).toBe(
      'it needs what these Debian packages hold: apt-get install -y iproute2 ipset',
    );
  });

  test('image needs a Docker daemon, or what installs one', () => {
    expect(reasonNotToRun('image', bare)).toContain('Linux');
    expect(reasonNotToRun('image', { ...able, root: false })).toContain('root');
    const without = (...names: readonly string[]): Machine => ({
      ...able,
      isExecutable: (path) => !names.some((name) => path.endsWith(`/${name}`)),
    });
    expect(reasonNotToRun('image', without('dockerd'))).toBeUndefined();
    expect(reasonNotToRun('image', without('dockerd', 'apt-get'))).toContain('install Docker');
    const environment = { ...able.environment, KUBECONFIG: '/home/me/config' };
    expect(reasonNotToRun('image', { ...able, environment })).toContain('unset KUBECONFIG');
  });

  test('gitops needs git, and a control plane of its own', () => {
    expect(reasonNotToRun('gitops', bare)).toContain('install git');
    const environment = { ...able.environment, KUBECONFIG: '/home/me/config' };
    expect(reasonNotToRun('gitops', { ...able, environment })).toContain('unset KUBECONFIG');
  });

  test('operands does not touch a cluster that a user named', () => {
    const environment = { ...able.environment, KUBECONFIG: '/home/me/config' };
    expect(reasonNotToRun('operands', { ...able, environment })).toContain('unset KUBECONFIG');
  });

  test('operands takes programs out of images where there is Docker', () => {
    expect(reasonNotToRun('operands', { ...able, environment: { PATH: '/bin' } })).toBeUndefined();
  });
});
