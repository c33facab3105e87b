/** The kinds of `operator.tigera.io/v1`. */
import { ageColumn, type Column, type KindDefinition, onlyNamed, readyColumns } from './crd.ts';
import { object } from './kit.ts';
import { installationSpec } from './installation/spec.ts';
import { installationStatus } from './installation/status.ts';
import {
  apiServerSpec,
  apiServerStatus,
  componentStatus,
  goldmaneSpec,
  imageSetSpec,
  tigeraStatusStatus,
  whiskerSpec,
} from './operator.ts';

const common = {
  group: 'operator.tigera.io',
  version: 'v1',
  scope: 'Cluster',
  categories: ['calico'],
  statusSubresource: true,
} as const;

const conditionColumn = (type: string): Column => ({
  name: type,
  type: 'string',
  jsonPath: `.status.conditions[?(@.type=='${type}')].status`,
});

const oneInACluster = 'there is one of it in a cluster';

export const operatorKinds: readonly KindDefinition[] = [
  {
    ...common,
    kind: 'Installation',
    plural: 'installations',
    shortNames: ['inst'],
    description: 'Asks for Calico. The one named default is acted on; one named overlay is laid over it.',
    fields: {
      spec: installationSpec,
      // A new object has no conditions yet, and tools that wait must not take it for done.
      status: { ...installationStatus, default: { observedGeneration: -1 } },
    },
    rules: [
      onlyNamed(
        'Installation',
        ['default', 'overlay'],
        'default is what is installed, overlay is laid over it',
      ),
    ],
    columns: [
      ...readyColumns,
      {
        name: 'Version',
        type: 'string',
        jsonPath: '.status.calicoVersion',
        description: 'Version of Calico.',
      },
      ageColumn,
    ],
  },
  {
    ...common,
    kind: 'TigeraStatus',
    plural: 'tigerastatuses',
    shortNames: ['tstatus'],
    description: 'State of one component, written by the operator.',
    fields: { spec: object('Empty.', {}), status: tigeraStatusStatus },
    columns: [
      conditionColumn('Available'),
      conditionColumn('Progressing'),
      conditionColumn('Degraded'),
      {
        name: 'Since',
        type: 'date',
        jsonPath: ".status.conditions[?(@.type=='Available')].lastTransitionTime",
        description: 'When Available last changed.',
      },
      {
        name: 'Message',
        type: 'string',
        jsonPath: ".status.conditions[?(@.type=='Degraded')].message",
        description: 'What is wrong.',
      },
    ],
  },
  {
    ...common,
    kind: 'ImageSet',
    plural: 'imagesets',
    shortNames: ['imgset'],
    description: 'Digests of images, used when its name is calico- and the version of Calico.',
    fields: { spec: imageSetSpec },
    columns: [ageColumn],
  },
  {
    ...common,
    kind: 'APIServer',
    plural: 'apiservers',
    shortNames: ['calicoapi'],
    description: 'Asks for the API server of Calico. Stored only: this release does not act on it.',
    fields: { spec: apiServerSpec, status: apiServerStatus },
    rules: [onlyNamed('APIServer', ['default', 'tigera-secure'], oneInACluster)],
    columns: [...readyColumns, ageColumn],
  },
  {
    ...common,
    kind: 'Goldmane',
    plural: 'goldmanes',
    shortNames: ['gm'],
    description:
      'Asks for Goldmane, which collects flows from all nodes. Stored only: this release does not act on it.',
    fields: { spec: goldmaneSpec, status: componentStatus },
    rules: [onlyNamed('Goldmane', ['default'], oneInACluster)],
    columns: [...readyColumns, ageColumn],
  },
  {
    ...common,
    kind: 'Whisker',
    plural: 'whiskers',
    shortNames: ['wh'],
    description:
      'Asks for Whisker, a web page that shows the flows of Goldmane. Stored only: this release does not act on it.',
    fields: { spec: whiskerSpec, status: componentStatus },
    rules: [onlyNamed('Whisker', ['default'], oneInACluster)],
    columns: [...readyColumns, ageColumn],
  },
];
