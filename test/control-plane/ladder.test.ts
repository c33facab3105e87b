import { describe, expect, test } from '@jest/globals';

import { chooseRung, describeRung } from './ladder.ts';

describe('chooseRung', () => {
  const all = {
    KUBECONFIG: '/home/me/config',
    KUBEBUILDER_ASSETS: '/opt/kubebuilder',
    CALICO_OPERATOR_TEST_K3S_IMAGE: 'rancher/k3s:v1',
  };
  const { KUBECONFIG, KUBEBUILDER_ASSETS, CALICO_OPERATOR_TEST_K3S_IMAGE } = all;
  test.each([
    { environment: all, rung: { kind: 'kubeconfig', path: KUBECONFIG } },
    {
      environment: { ...all, KUBECONFIG: '' },
      rung: { kind: 'kubebuilder-assets', directory: KUBEBUILDER_ASSETS },
    },
    {
      environment: { CALICO_OPERATOR_TEST_K3S_IMAGE },
      rung: { kind: 'container', image: CALICO_OPERATOR_TEST_K3S_IMAGE },
    },
    { environment: {}, rung: { kind: 'modules' } },
  ])('$rung.kind', ({ environment, rung }) => {
    expect(chooseRung(environment)).toEqual(rung);
  });
});

describe('describeRung', () => {
  test('names what is not there', () => {
    const rung = { kind: 'kubebuilder-assets', directory: '/opt' } as const;
    expect(describeRung(rung, ['kwok'])).toContain('WITHOUT kwok');
    expect(describeRung(rung)).not.toContain('WITHOUT');
  });

  test.each([{ kind: 'kubeconfig', path: '/config' } as const, { kind: 'container', image: 'k3s' } as const])(
    'says what a $kind cannot do',
    (rung) => {
      expect(describeRung(rung)).toMatch(/no fake nodes, no snapshots/);
    },
  );
});
