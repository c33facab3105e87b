/** As much of OpenShift as the operator looks at. */
import type { ApiClient } from '../control-plane/api-client.ts';
import { eventually } from '../control-plane/eventually.ts';

const group = 'config.openshift.io';

/** Path of its kinds. */
export const openShiftGroup = `/apis/${group}/v1`;

/** A kind of OpenShift with an open schema and, as there, without status subresource. */
const kindOf = (plural: string, kind: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${plural}.${group}`,
    annotations: { 'api-approved.kubernetes.io': 'https://github.com/openshift/api' },
  },
  spec: {
    group,
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    scope: 'Cluster',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

/** Makes its kinds, and resolves when they are served. */
export async function makeOpenShift(api: ApiClient): Promise<void> {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const [plural, kind] of [
    ['networks', 'Network'],
    ['infrastructures', 'Infrastructure'],
    ['clusterversions', 'ClusterVersion'],
  ] as const) {
    await api.create(crds, kindOf(plural, kind));
    await eventually(() => api.get(`${openShiftGroup}/${plural}`), { description: `${kind} to be served` });
  }
}

/** Network `cluster`, as the installer leaves it. */
export async function makeNetwork(api: ApiClient): Promise<void> {
  await api.create(`${openShiftGroup}/networks`, {
    apiVersion: `${group}/v1`,
    kind: 'Network',
    metadata: { name: 'cluster' },
    spec: {
      clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
      serviceNetwork: ['172.30.0.0/16'],
    },
  });
}

/** Infrastructure `cluster` on AWS. */
export async function makeAwsInfrastructure(api: ApiClient): Promise<void> {
  await api.create(`${openShiftGroup}/infrastructures`, {
    apiVersion: `${group}/v1`,
    kind: 'Infrastructure',
    metadata: { name: 'cluster' },
    status: {
      infrastructureName: 'mine-x7k2p',
      controlPlaneTopology: 'HighlyAvailable',
      platformStatus: { type: 'AWS', aws: { region: 'eu-west-1' } },
    },
  });
}
