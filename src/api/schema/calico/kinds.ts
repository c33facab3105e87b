/** The kinds that Calico's own programs keep in the cluster. */
import { ageColumn, type Column, type KindDefinition } from '../crd.ts';
import { bgpConfigurationSpec } from './bgp-configuration.ts';
import { clusterInformationSpec } from './cluster-information.ts';
import { felixConfigurationSpec } from './felix/spec.ts';
import { ipPoolSpec } from './ip-pool.ts';
import {
  kubeControllersConfigurationSpec,
  kubeControllersConfigurationStatus,
} from './kube-controllers-configuration.ts';

const common = {
  group: 'crd.projectcalico.org',
  version: 'v1',
  scope: 'Cluster',
  categories: ['calico'],
} as const;

const column = (name: string, jsonPath: string): Column => ({ name, type: 'string', jsonPath });

/** Kinds that the operator reads or writes, described in full. */
export const calicoKinds: readonly KindDefinition[] = [
  {
    ...common,
    kind: 'IPPool',
    plural: 'ippools',
    description: 'A range that pods, tunnels or Services get addresses from.',
    fields: { spec: ipPoolSpec },
    columns: [
      column('CIDR', '.spec.cidr'),
      column('IPIP', '.spec.ipipMode'),
      column('VXLAN', '.spec.vxlanMode'),
      column('NAT', '.spec.natOutgoing'),
      column('Disabled', '.spec.disabled'),
      ageColumn,
    ],
  },
  {
    ...common,
    kind: 'FelixConfiguration',
    plural: 'felixconfigurations',
    description: 'Settings of Felix: default for all nodes, node.<name> for one, others by nodeSelector.',
    fields: { spec: felixConfigurationSpec },
    rules: [
      {
        rule: "!(self.metadata.name == 'default' || self.metadata.name.startsWith('node.')) || !has(self.spec) || !has(self.spec.nodeSelector)",
        message:
          'default and node.* are chosen by name: leave out nodeSelector, or give the object another name',
        reason: 'FieldValueForbidden',
      },
    ],
    columns: [ageColumn],
  },
  {
    ...common,
    kind: 'BGPConfiguration',
    plural: 'bgpconfigurations',
    description: 'Settings of BGP: default for all nodes, node.<name> for one.',
    fields: { spec: bgpConfigurationSpec },
    columns: [ageColumn],
  },
  {
    ...common,
    kind: 'KubeControllersConfiguration',
    plural: 'kubecontrollersconfigurations',
    description: 'Settings of calico-kube-controllers; the one named default is used.',
    fields: { spec: kubeControllersConfigurationSpec, status: kubeControllersConfigurationStatus },
    statusSubresource: true,
    columns: [ageColumn],
  },
  {
    ...common,
    kind: 'ClusterInformation',
    plural: 'clusterinformations',
    description: 'What Calico knows of the cluster; the one named default is used.',
    fields: { spec: clusterInformationSpec },
    columns: [column('Version', '.spec.calicoVersion'), column('Ready', '.spec.datastoreReady'), ageColumn],
  },
];
