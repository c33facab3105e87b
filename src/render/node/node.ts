import { names } from '../shared/names.ts';
import { clusterRole, clusterRoleBinding, owned, serviceAccount } from '../shared/objects.ts';
import type { DesiredObject, RenderInput, Stage } from '../types.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import { cniConfig } from './cni-config.ts';
import { nodeDaemonSet } from './daemon-set.ts';
import { cniPluginRules, nodeRules } from './rbac.ts';
import { userFiles } from './user-files.ts';

/** calico-node and what it needs run until every pod of ours is gone. */
const last = (stage: Stage, object: KubeObject): DesiredObject => owned(stage, object, { teardown: 'last' });

/** calico-node and the CNI plugin: accounts, rights, configuration and the DaemonSet. */
export function renderNode(input: RenderInput): readonly DesiredObject[] {
  const { kubernetesProvider } = input.resolved.spec;
  const files = userFiles(input);
  const config = cniConfig(input);
  const identity = [
    serviceAccount(input, names.node),
    clusterRole(input, names.node, nodeRules(kubernetesProvider)),
    clusterRoleBinding(input, names.node),
    ...(kubernetesProvider === 'DockerEnterprise'
      ? [
          clusterRoleBinding(input, 'calico-cluster-admin', {
            role: 'cluster-admin',
            accounts: [names.node, names.cniPlugin],
          }),
        ]
      : []),
  ];
  // Whom the CNI plugin on the nodes speaks as: needed for every pod that is deleted, also after Calico is.
  const plugin = [
    serviceAccount(input, names.cniPlugin),
    clusterRole(input, names.cniPlugin, cniPluginRules),
    clusterRoleBinding(input, names.cniPlugin),
  ];
  const configuration = [...(config === undefined ? [] : [config]), ...files.configMaps];
  return [
    ...identity.map((object) => last('identity', object)),
    ...plugin.map((object) => owned('identity', object, { teardown: 'keep' })),
    ...configuration.map((object) => last('configuration', object)),
    last('workload', nodeDaemonSet(input, files, config)),
  ];
}
