import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import { exampleSnapshot } from '../../render/fixtures.ts';
import { decide } from './desired.ts';

type Node = NonNullable<InstallationSpec['calicoNodeDaemonSet']>;
type Pod = NonNullable<NonNullable<NonNullable<Node['spec']>['template']>['spec']>;
const node = (spec: Pod): InstallationSpec => ({ calicoNodeDaemonSet: { spec: { template: { spec } } } });
const colliding = node({ volumes: [{ name: 'lib-modules', emptyDir: {} }] });
const place = 'spec.calicoNodeDaemonSet.spec.template.spec.volumes[0]';
const fieldsOf = (spec: InstallationSpec, computed?: InstallationSpec) => {
  const { installation, ...snapshot } = exampleSnapshot(spec);
  const status = computed === undefined ? {} : { status: { computed } };
  const decision = decide({ ...snapshot, installation: { ...installation, ...status } });
  return decision.kind === 'refused' ? decision.refusals.map(({ field }) => field) : [];
};

describe('every mistake is told, whichever stage finds it', () => {
  test('what only rendering knows', () => {
    expect(fieldsOf(colliding)).toEqual([place]);
  });

  test('that beside mistakes of the spec', () => {
    expect(fieldsOf({ registry: 'https://a', ...colliding })).toEqual(['spec.registry', place]);
  });

  test('that beside changes that would break what runs', () => {
    const pools = (blockSize: number): InstallationSpec => ({
      calicoNetwork: { ipPools: [{ cidr: '10.0.0.0/16', blockSize }] },
    });
    expect(fieldsOf({ ...pools(24), ...colliding }, pools(26))).toEqual([
      'spec.calicoNetwork.ipPools[0].blockSize',
      place,
    ]);
  });

  test('what cannot be rendered for its mistakes is told those alone', () => {
    const impossible = { certificateManagement: {} } as InstallationSpec;
    const fields = fieldsOf({ registry: 'https://a', ...impossible, ...colliding });
    expect(fields).toContain('spec.registry');
    expect(fields).not.toContain(place);
  });
});

test('a variable that is refused is not remarked on as well', () => {
  const decision = decide(
    exampleSnapshot(node({ containers: [{ name: 'calico-node', env: [{ name: 'NODENAME', value: 'x' }] }] })),
  );
  expect(decision).toMatchObject({ kind: 'refused', refusals: [{ value: 'NODENAME' }], warnings: [] });
});

test('remarks on overrides go with the decision', () => {
  const decision = decide(exampleSnapshot(node({ initContainers: [{ name: 'hostpath-init' }] })));
  expect(decision).toMatchObject({
    kind: 'resolved',
    resolved: { warnings: [{ reason: 'ConfigurationWarning', value: 'hostpath-init' }] },
  });
});
