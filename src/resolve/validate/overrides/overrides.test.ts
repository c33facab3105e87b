import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../../api/installation.ts';
import { resolve } from '../../resolve.ts';
import { defaultSnapshot } from '../../testing.ts';

type Typha = NonNullable<InstallationSpec['typhaDeployment']>;
type Pod = NonNullable<NonNullable<NonNullable<Typha['spec']>['template']>['spec']>;

const fieldsOf = (spec: InstallationSpec) => {
  const resolution = resolve(defaultSnapshot({ spec }));
  return resolution.kind === 'refused' ? resolution.refusals.map(({ field }) => field) : [];
};
const typha = (spec: Typha['spec'], metadata: Typha['metadata'] = {}): InstallationSpec => ({
  typhaDeployment: { metadata, ...(spec === undefined ? {} : { spec }) },
});
const pod = (fields: Pod): InstallationSpec => typha({ template: { spec: fields } });
const place = 'spec.typhaDeployment';
const podPlace = `${place}.spec.template.spec`;
const container = (resources: NonNullable<NonNullable<Pod['containers']>[number]['resources']>) =>
  pod({ containers: [{ name: 'calico-typha', resources }] });
const resourcesPlace = `${podPlace}.containers[0].resources`;
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const nodeTerm = (operator: string, values?: readonly string[]) =>
  pod({
    affinity: {
      nodeAffinity: {
        [required]: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'a', operator, ...(values === undefined ? {} : { values }) }] },
          ],
        },
      },
    },
  });
const nodeTermPlace = `${podPlace}.affinity.nodeAffinity.${required}.nodeSelectorTerms`;
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' } as const;

describe('refused', () => {
  test.each<[string, InstallationSpec, string]>([
    ['label key', typha({}, { labels: { 'a b': 'c' } }), `${place}.metadata.labels`],
    ['label value', typha({}, { labels: { a: '-' } }), `${place}.metadata.labels`],
    ['label of no domain', typha({}, { labels: { 'Not_A_Domain/a': 'b' } }), `${place}.metadata.labels`],
    ['annotation key', typha({}, { annotations: { 'a/b/c': 'd' } }), `${place}.metadata.annotations`],
    [
      'too many annotations',
      typha({}, { annotations: { a: 'x'.repeat(262144) } }),
      `${place}.metadata.annotations`,
    ],
    [
      'label of pods',
      typha({ template: { metadata: { labels: { '': 'a' } } } }),
      `${place}.spec.template.metadata.labels`,
    ],
    ['negative seconds', typha({ minReadySeconds: -1 }), `${place}.spec.minReadySeconds`],
    [
      'negative grace',
      pod({ terminationGracePeriodSeconds: -1 }),
      `${podPlace}.terminationGracePeriodSeconds`,
    ],
    [
      'no movement',
      typha({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }),
      `${place}.spec.strategy.rollingUpdate`,
    ],
    [
      'above 100%',
      typha({ strategy: { rollingUpdate: { maxUnavailable: '101%' } } }),
      `${place}.spec.strategy.rollingUpdate.maxUnavailable`,
    ],
    [
      'negative surge',
      typha({ strategy: { rollingUpdate: { maxSurge: -1 } } }),
      `${place}.spec.strategy.rollingUpdate.maxSurge`,
    ],
    ['node selector', pod({ nodeSelector: { a: 'b c' } }), `${podPlace}.nodeSelector`],
    ['unknown resource', container({ requests: { gpu: '1' } }), `${resourcesPlace}.requests`],
    ['unknown limit', container({ limits: { gpu: '1' } }), `${resourcesPlace}.limits`],
    [
      'name of a quota',
      container({ limits: { 'requests.example.com/gpu': '1' } }),
      `${resourcesPlace}.limits`,
    ],
    ['no quantity', container({ limits: { cpu: 'much' } }), `${resourcesPlace}.limits`],
    ['negative quantity', container({ limits: { cpu: '-1' } }), `${resourcesPlace}.limits`],
    [
      'request above limit',
      container({ requests: { memory: '1Gi' }, limits: { memory: '1G' } }),
      `${resourcesPlace}.requests`,
    ],
    [
      'huge pages without limit',
      container({ requests: { cpu: '1', 'hugepages-2Mi': '2Mi' } }),
      `${resourcesPlace}.requests`,
    ],
    ['part of a device', container({ limits: { 'example.com/gpu': '500m' } }), `${resourcesPlace}.limits`],
    ['In without values', nodeTerm('In'), `${nodeTermPlace}[0].matchExpressions[0]`],
    ['Exists with values', nodeTerm('Exists', ['a']), `${nodeTermPlace}[0].matchExpressions[0]`],
    ['Gt with two values', nodeTerm('Gt', ['1', '2']), `${nodeTermPlace}[0].matchExpressions[0]`],
    ['unknown operator', nodeTerm('Like', ['a']), `${nodeTermPlace}[0].matchExpressions[0]`],
    [
      'no terms',
      pod({ affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [] } } } }),
      nodeTermPlace,
    ],
    [
      'other field',
      pod({
        affinity: {
          nodeAffinity: {
            [required]: {
              nodeSelectorTerms: [{ matchFields: [{ key: 'spec.x', operator: 'In', values: ['a'] }] }],
            },
          },
        },
      }),
      `${nodeTermPlace}[0].matchFields[0]`,
    ],
    [
      'weight',
      pod({ affinity: { nodeAffinity: { [preferred]: [{ weight: 0, preference: {} }] } } }),
      `${podPlace}.affinity.nodeAffinity.${preferred}[0].weight`,
    ],
    [
      'no topology',
      pod({ affinity: { podAntiAffinity: { [required]: [{ topologyKey: '' }] } } }),
      `${podPlace}.affinity.podAntiAffinity.${required}[0].topologyKey`,
    ],
    [
      'pods by number',
      pod({
        affinity: {
          podAffinity: {
            [required]: [
              {
                topologyKey: 'a',
                labelSelector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] },
              },
            ],
          },
        },
      }),
      `${podPlace}.affinity.podAffinity.${required}[0].labelSelector.matchExpressions[0]`,
    ],
    [
      'namespace',
      pod({
        affinity: {
          podAffinity: {
            [preferred]: [{ weight: 1, podAffinityTerm: { topologyKey: 'a', namespaces: ['A'] } }],
          },
        },
      }),
      `${podPlace}.affinity.podAffinity.${preferred}[0].podAffinityTerm.namespaces`,
    ],
    [
      'skew',
      pod({ topologySpreadConstraints: [{ ...spread, maxSkew: 0 }] }),
      `${podPlace}.topologySpreadConstraints[0]`,
    ],
    [
      'spread twice',
      pod({ topologySpreadConstraints: [spread, { ...spread, maxSkew: 2 }] }),
      `${podPlace}.topologySpreadConstraints[1]`,
    ],
    [
      'domains',
      pod({ topologySpreadConstraints: [{ ...spread, whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 }] }),
      `${podPlace}.topologySpreadConstraints[0]`,
    ],
    [
      'toleration of anything',
      pod({ tolerations: [{ operator: 'Equal', value: 'a' }] }),
      `${podPlace}.tolerations[0]`,
    ],
    [
      'Exists with a value',
      pod({ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }),
      `${podPlace}.tolerations[0]`,
    ],
    [
      'seconds without NoExecute',
      pod({ tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 1 }] }),
      `${podPlace}.tolerations[0]`,
    ],
    [
      'unknown effect',
      pod({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'Never' }] }),
      `${podPlace}.tolerations[0]`,
    ],
    [
      'control plane toleration',
      { controlPlaneTolerations: [{ key: 'a b', operator: 'Exists' }] },
      'spec.controlPlaneTolerations[0]',
    ],
    [
      'component resources',
      { componentResources: [{ componentName: 'Node', resourceRequirements: { limits: { cpu: 'x' } } }] },
      'spec.componentResources[0].resourceRequirements.limits',
    ],
    [
      'one init container under two names',
      {
        calicoNodeDaemonSet: {
          spec: {
            template: {
              spec: {
                initContainers: [
                  { name: 'mount-bpffs', resources: { limits: { cpu: '1' } } },
                  { name: 'ebpf-bootstrap', resources: { limits: { cpu: '1' } } },
                ],
              },
            },
          },
        },
      },
      'spec.calicoNodeDaemonSet.spec.template.spec.initContainers',
    ],
  ])('%s', (_name, spec, field) => {
    expect(fieldsOf(spec)).toEqual([field]);
  });
});

test.each<[string, InstallationSpec]>([
  [
    'resources',
    container({
      requests: { cpu: '0.1', memory: '64Mi', 'example.com/gpu': '1' },
      limits: { cpu: '1', memory: '1e9', 'example.com/gpu': '1' },
    }),
  ],
  [
    'tolerations',
    pod({
      tolerations: [
        { operator: 'Exists' },
        { key: 'a.b/c', value: 'd', effect: 'NoExecute', tolerationSeconds: 5 },
      ],
    }),
  ],
  ['affinity', nodeTerm('NotIn', ['a', ''])],
  [
    'spread',
    pod({ topologySpreadConstraints: [spread, { ...spread, whenUnsatisfiable: 'ScheduleAnyway' }] }),
  ],
  ['an amount that the API server fills in', typha({ strategy: { rollingUpdate: { maxSurge: 0 } } })],
  ['annotations in capitals', typha({}, { annotations: { 'Example.com/A': '%' } })],
])('%s are accepted', (_name, spec) => {
  expect(fieldsOf(spec)).toEqual([]);
});
