import { describe, expect, test } from '@jest/globals';
import type { FelixConfiguration, IPPool } from './calico.ts';
import type { Installation, InstallationSpec, IPPoolSpec } from './installation.ts';

const spec: InstallationSpec = {
  variant: 'Calico',
  calicoNetwork: {
    bgp: 'Disabled',
    ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'VXLAN', allowedUses: ['Workload'] }],
    nodeAddressAutodetectionV4: { cidrs: ['10.0.0.0/8'] },
  },
  typhaDeployment: {
    spec: {
      strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      template: {
        spec: {
          affinity: {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
          },
          containers: [{ name: 'calico-typha', resources: { requests: { cpu: '1' } } }],
          initContainers: [{ name: 'typha-certs-key-cert-provisioner' }],
          terminationGracePeriodSeconds: 5,
        },
      },
    },
  },
  typha: { mode: 'Auto', nodeThreshold: 50 },
};

type NodePod = NonNullable<
  NonNullable<NonNullable<NonNullable<InstallationSpec['calicoNodeDaemonSet']>['spec']>['template']>['spec']
>;
type CsiPod = NonNullable<
  NonNullable<
    NonNullable<NonNullable<InstallationSpec['csiNodeDriverDaemonSet']>['spec']>['template']
  >['spec']
>;

type Pools = NonNullable<NonNullable<InstallationSpec['calicoNetwork']>['ipPools']>;
type Fits<Value, Type> = [Value] extends [Type] ? true : false;
/** Assignability does not see `readonly`; the identity of conditions that wait for their parameter does. */
type Waiting<Type> = <T>(value: T) => T extends Type ? 1 : 2;
type Same<One, Other> = Waiting<One> extends Waiting<Other> ? true : false;
type IsReadonly<Type> = Same<Type, Readonly<Type>>;

/* What is said here is held by the compiler: a type that answers otherwise does not take the value beside it. */

describe('static types', () => {
  test('know the fields and their values', () => {
    const answers: {
      readonly encapsulation: [
        Fits<'VXLAN', IPPoolSpec['encapsulation']>,
        Fits<'GRE', IPPoolSpec['encapsulation']>,
      ];
      readonly container: [
        Fits<[{ name: 'calico-node' }], NodePod['containers']>,
        Fits<[{ name: 'felix' }], NodePod['containers']>,
      ];
      readonly fieldOfThisWorkload: [Fits<'containers', keyof CsiPod>, Fits<'initContainers', keyof CsiPod>];
      readonly requiredField: [Fits<{ cidr: string }, IPPoolSpec>, Fits<object, IPPoolSpec>];
      readonly field: [
        Fits<'calicoNetwork', keyof InstallationSpec>,
        Fits<'calicoNetworks', keyof InstallationSpec>,
      ];
      readonly absent: [
        Fits<{ registry: string }, InstallationSpec>,
        Fits<{ registry: undefined }, InstallationSpec>,
      ];
      readonly stored: [
        Fits<'Always', NonNullable<IPPool['spec']>['ipipMode']>,
        Fits<'Sometimes', NonNullable<IPPool['spec']>['ipipMode']>,
      ];
      readonly felix: [
        Fits<number, NonNullable<FelixConfiguration['spec']>['vxlanVNI']>,
        Fits<string, NonNullable<FelixConfiguration['spec']>['vxlanVNI']>,
      ];
    } = {
      encapsulation: [true, false],
      container: [true, false],
      fieldOfThisWorkload: [true, false],
      requiredField: [true, false],
      field: [true, false],
      absent: [true, false],
      stored: [true, false],
      felix: [true, false],
    };
    expect(spec.typha).toEqual({ mode: 'Auto', nodeThreshold: 50 });
    expect(Object.values(answers)).toEqual(Array(8).fill([true, false]));
  });

  test('know that the spec belongs to the user, deep down and in lists', () => {
    const isReadonly: {
      readonly spec: IsReadonly<Pick<Installation, 'spec'>>;
      readonly network: IsReadonly<NonNullable<InstallationSpec['calicoNetwork']>>;
      readonly writablePools: Fits<Pools, unknown[]>;
    } = { spec: true, network: true, writablePools: false };
    expect(isReadonly).toEqual({ spec: true, network: true, writablePools: false });
  });
});
