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

  test('operands says which programs it lacks', () => {
    const withoutSocat = { ...able, isExecutable: (path: string) => !path.endsWith('/socat') };
    expect(reasonNotToRun('operands', withoutSocat)).toBe('these programs are not in PATH: socat');
  });
});
