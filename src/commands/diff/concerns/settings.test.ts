import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../../api/kubernetes.ts';
import { refOf } from '../../../apply/refs.ts';
import type { Change } from '../types.ts';
import { configurationConcerns, environmentConcerns } from './settings.ts';

const update = (before: KubeObject, after: KubeObject): Change => ({
  ref: refOf(after),
  action: 'update',
  before,
  after,
});

describe('configuration', () => {
  const configuration = (kind: string, spec: object): KubeObject =>
    ({ apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name: 'default' }, spec }) as KubeObject;
  const severities = (kind: string, before: object, after: object) =>
    configurationConcerns(update(configuration(kind, before), configuration(kind, after))).map(
      ({ severity, topic }) => `${severity}: ${topic}`,
    );

  test.each([
    ['FelixConfiguration', { bpfEnabled: false }, { bpfEnabled: true }, ['disruptive: data plane']],
    ['FelixConfiguration', { vxlanVNI: 1 }, {}, ['disruptive: VXLAN']],
    [
      'FelixConfiguration',
      { routeTableRange: { min: 1, max: 2 } },
      { routeTableRange: { min: 1, max: 2 } },
      [],
    ],
    [
      'FelixConfiguration',
      { routeTableRange: { min: 1, max: 2 } },
      { routeTableRange: { min: 1, max: 3 } },
      ['note: routing tables'],
    ],
    ['FelixConfiguration', {}, { vxlanPort: 4789 }, []],
    ['FelixConfiguration', { healthPort: 9099 }, { healthPort: 9199 }, []],
    [
      'BGPConfiguration',
      { programClusterRoutes: 'Enabled' },
      { programClusterRoutes: 'Disabled' },
      ['disruptive: routing'],
    ],
  ])('%s %j → %j', (kind, before, after, expected) => {
    expect(severities(kind, before, after)).toEqual(expected);
  });
});

describe('the environment of calico-node', () => {
  const node = (env: Readonly<Record<string, string>>): KubeObject =>
    ({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'calico-node', namespace: 'calico-system' },
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'calico-node', env: Object.entries(env).map(([name, value]) => ({ name, value })) },
            ],
          },
        },
      },
    }) as unknown as KubeObject;

  test.each([
    [{}, { FELIX_DEFAULTENDPOINTTOHOSTACTION: 'DROP' }, ['policy: from pods to their node']],
    [{ FELIX_WIREGUARDENABLED: 'true' }, {}, ['encryption']],
    [{ FELIX_TYPHACN: 'a' }, { FELIX_TYPHACN: 'b' }, ['name of Typha']],
    [{}, { FELIX_TYPHACN: 'b' }, []],
    [{}, { IP6_AUTODETECTION_METHOD: 'first-found' }, []],
    [
      { IP_AUTODETECTION_METHOD: 'first-found' },
      { IP_AUTODETECTION_METHOD: 'interface=eth1' },
      ['node address V4'],
    ],
    [{ FELIX_LOGSEVERITYSCREEN: 'Info' }, { FELIX_LOGSEVERITYSCREEN: 'Debug' }, []],
  ])('%j → %j', (before, after, topics) => {
    const concerns = environmentConcerns(update(node(before), node(after)));
    expect(concerns.map(({ topic }) => topic)).toEqual(topics);
  });

  test('names the variable and both values', () => {
    expect(environmentConcerns(update(node({}), node({ FELIX_INTERFACEPREFIX: 'eni' })))).toEqual([
      {
        severity: 'disruptive',
        topic: 'policy: interfaces of pods',
        object: 'DaemonSet calico-system/calico-node',
        field: 'env FELIX_INTERFACEPREFIX',
        to: 'eni',
        because: expect.stringMatching(/^Felix enforces policies/) as unknown,
      },
    ]);
  });
});
