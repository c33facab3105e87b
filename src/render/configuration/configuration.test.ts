import { describe, expect, test } from '@jest/globals';
import type { BGPConfiguration, FelixConfiguration, FelixConfigurationSpec } from '../../api/calico.ts';
import type { InstallationSpec } from '../../api/installation.ts';
import { findObject, inputFor } from '../fixtures.ts';
import { felixHealthPort } from '../shared/felix-settings.ts';
import type { LiveConfiguration } from '../types.ts';
import { renderConfiguration } from './configuration.ts';

const ours = 'calico-operator/installation';

/** A live FelixConfiguration whose fields each manager owns. */
function liveFelix(
  spec: FelixConfigurationSpec,
  owners: readonly (readonly [manager: string, operation: string, fields: readonly string[]])[],
  annotations: Readonly<Record<string, string>> = {},
): LiveConfiguration {
  return {
    felix: {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'FelixConfiguration',
      metadata: {
        name: 'default',
        annotations,
        managedFields: owners.map(([manager, operation, fields]) => ({
          manager,
          operation,
          fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
        })),
      },
      spec,
    },
  };
}

function felix(spec: InstallationSpec = {}, live: LiveConfiguration = {}): FelixConfiguration {
  return findObject(renderConfiguration(inputFor(spec, { live })), 'FelixConfiguration', 'default');
}

const bpf: InstallationSpec = { calicoNetwork: { linuxDataplane: 'BPF' } };

describe('FelixConfiguration: defaults yield to users', () => {
  const own = ['healthPort', 'vxlanVNI', 'vxlanPort'] as const;

  test('all of them on a fresh cluster', () => {
    expect(felix().spec).toEqual({
      healthPort: 9099,
      vxlanVNI: 4096,
      vxlanPort: 4789,
      nftablesMode: 'Disabled',
      bpfEnabled: false,
    });
  });

  test('a value that somebody else set is not rendered, so that forced apply cannot take it over', () => {
    const live = liveFelix({ vxlanPort: 8472 }, [['kubectl-edit', 'Update', ['vxlanPort']]]);
    expect(felix({}, live).spec).not.toHaveProperty('vxlanPort');
    expect(felix({}, live).spec).toHaveProperty('vxlanVNI', 4096);
  });

  test('a value without any recorded owner is a user’s', () => {
    expect(felix({}, liveFelix({ vxlanPort: 8472 }, [])).spec).not.toHaveProperty('vxlanPort');
  });

  test('a value that only the operator applied stays rendered: leaving it out would unset it', () => {
    const live = liveFelix({ healthPort: 9099, vxlanVNI: 4096, vxlanPort: 4789 }, [[ours, 'Apply', own]]);
    expect(felix({}, live).spec).toMatchObject({ healthPort: 9099, vxlanVNI: 4096, vxlanPort: 4789 });
  });

  test('a value that a user applied too is given up to the user', () => {
    const live = liveFelix({ vxlanPort: 4789 }, [
      [ours, 'Apply', ['vxlanPort']],
      ['argocd', 'Apply', ['vxlanPort']],
    ]);
    expect(felix({}, live).spec).not.toHaveProperty('vxlanPort');
  });

  test('a value that nobody holds any more is filled in again', () => {
    const live = liveFelix({}, [['kubectl-edit', 'Update', ['logSeverityScreen']]]);
    expect(felix({}, live).spec).toHaveProperty('vxlanPort', 4789);
  });

  test('an update by hand under the operator’s name is not an apply of the operator', () => {
    const live = liveFelix({ vxlanPort: 1 }, [[ours, 'Update', ['vxlanPort']]]);
    expect(felix({}, live).spec).not.toHaveProperty('vxlanPort');
  });

  test('routeTableRange is left out beside routeTableRanges, which the API refuses together', () => {
    const eks: InstallationSpec = { kubernetesProvider: 'EKS', cni: { type: 'AmazonVPC' } };
    const live = liveFelix({ routeTableRanges: [{ min: 1, max: 5 }] }, [
      ['kubectl', 'Update', ['routeTableRanges']],
    ]);
    expect(felix(eks).spec).toHaveProperty('routeTableRange', { min: 65, max: 99 });
    expect(felix(eks, live).spec).not.toHaveProperty('routeTableRange');
  });

  test('the health port of a user counts for probes too', () => {
    const live = liveFelix({ healthPort: 9999 }, [['kubectl', 'Update', ['healthPort']]]);
    expect(felixHealthPort(inputFor({}, { live }))).toBe(9999);
    expect(felix({}, live).spec).not.toHaveProperty('healthPort');
    const cluster = { openShiftClusterNetworks: ['10.128.0.0/14'] };
    expect(felixHealthPort(inputFor({ kubernetesProvider: 'OpenShift' }, { cluster }))).toBe(9199);
  });
});

describe('FelixConfiguration: what the Installation decides', () => {
  test.each([
    ['Iptables', 'Disabled'],
    ['Nftables', 'Auto'],
    ['BPF', 'Enabled'],
  ] as const)('data plane %s has nftablesMode %s, whoever set it before', (linuxDataplane, mode) => {
    const live = liveFelix({ nftablesMode: 'Auto' }, [['kubectl', 'Update', ['nftablesMode']]]);
    expect(felix({ calicoNetwork: { linuxDataplane } }, live).spec).toHaveProperty('nftablesMode', mode);
  });

  test('Docker Enterprise has its own VXLAN numbers, and no nftables with BPF', () => {
    expect(felix({ ...bpf, kubernetesProvider: 'DockerEnterprise' }).spec).toMatchObject({
      vxlanVNI: 10000,
      vxlanPort: 8472,
      bpfHostConntrackBypass: false,
      nftablesMode: 'Disabled',
    });
  });

  test('bpfEnabled is taken over from an earlier operator, told by its annotation', () => {
    const live = liveFelix({ bpfEnabled: false }, [['operator', 'Update', ['bpfEnabled']]], {
      'operator.tigera.io/bpfEnabled': 'false',
    });
    expect(felix(bpf, live)).toMatchObject({
      metadata: { annotations: { 'operator.tigera.io/bpfEnabled': 'true' } },
      spec: { bpfEnabled: true },
    });
  });

  test('bpfEnabled of a user stays', () => {
    const live = liveFelix({ bpfEnabled: true }, [['kubectl', 'Update', ['bpfEnabled']]]);
    expect(felix({}, live).spec).not.toHaveProperty('bpfEnabled');
    expect(felix({}, live).metadata).not.toHaveProperty('annotations');
  });
});

describe('who programs the routes', () => {
  const bgpOf = (spec: InstallationSpec, live: LiveConfiguration = {}) =>
    renderConfiguration(inputFor(spec, { live })).find(({ object }) => object.kind === 'BGPConfiguration')
      ?.object as BGPConfiguration | undefined;

  test('is left alone unless the Installation says so', () => {
    expect(bgpOf({})).toBeUndefined();
    expect(felix().spec).not.toHaveProperty('programClusterRoutes');
  });

  test.each([
    ['BIRD', 'Enabled', 'Disabled'],
    ['Felix', 'Disabled', 'Enabled'],
  ] as const)('%s: BGPConfiguration %s, FelixConfiguration %s', (clusterRoutingMode, inBgp, inFelix) => {
    const spec: InstallationSpec = { calicoNetwork: { clusterRoutingMode } };
    expect(bgpOf(spec)?.spec).toEqual({ programClusterRoutes: inBgp });
    expect(felix(spec).spec).toHaveProperty('programClusterRoutes', inFelix);
  });

  test('is given up again by applying BGPConfiguration without the field', () => {
    const bgp: BGPConfiguration = {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BGPConfiguration',
      metadata: { name: 'default', managedFields: [{ manager: ours, operation: 'Apply' }] },
      spec: { programClusterRoutes: 'Enabled' },
    };
    expect(bgpOf({}, { bgp })?.spec).toEqual({});
  });
});

test('the objects stay when the Installation goes and are written in the group that is served', () => {
  const desired = renderConfiguration(
    inputFor(
      { calicoNetwork: { clusterRoutingMode: 'BIRD' } },
      { cluster: { calicoApi: 'projectcalico.org/v3' } },
    ),
  );
  expect(desired.map(({ object, ownership }) => [object.apiVersion, ownership])).toEqual([
    ['projectcalico.org/v3', 'shared'],
    ['projectcalico.org/v3', 'shared'],
  ]);
  expect(desired.every(({ object }) => object.metadata.ownerReferences === undefined)).toBe(true);
});
