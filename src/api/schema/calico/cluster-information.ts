/** `spec` of the ClusterInformation. */
import { flag, object, optional } from '../kit.ts';
import { optionalText } from './words.ts';

export const clusterInformationSpec = object('What Calico knows of the cluster; written by Calico itself.', {
  calicoVersion: optionalText('Version of Calico.'),
  clusterGUID: optionalText('Identity of the cluster.'),
  clusterType: optionalText('How the cluster was made; a comma-separated list.'),
  datastoreReady: optional(flag('The datastore can be used.')),
  variant: optionalText('The product.'),
});
