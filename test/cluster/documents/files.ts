/** The files of their own that readers of the documentation have, by the names that its commands give them. */
import { dump } from 'js-yaml';

import { installation, stockSpec } from '../harness.ts';
import { statusByProcess } from '../operator-pods.ts';
import { makeSigner } from '../signer.ts';

const yaml = (content: object): string => dump(content, { noRefs: true });

/** Contents by path. */
export async function makeFiles(): Promise<Readonly<Record<string, string>>> {
  const { authority } = await makeSigner();
  return {
    'custom-resources.yaml': yaml(installation()),
    'my-installation.yaml': yaml(installation({ ...stockSpec, nodeMetricsPort: 9091 })),
    'cluster/nodes.yaml': yaml({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } }),
    'kube-controllers-configuration.yaml': yaml({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'KubeControllersConfiguration',
      metadata: { name: 'default' },
      spec: { controllers: {} },
    }),
    'my-pool.yaml': yaml({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPPool',
      metadata: { name: 'my-pool' },
      spec: { cidr: '10.9.0.0/16', vxlanMode: 'Always', natOutgoing: true },
    }),
    'my-values.yaml': yaml({ podAnnotations: statusByProcess, installation: { nodeMetricsPort: 9091 } }),
    'my-application.yaml': yaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine' } }),
    'ca.crt': authority.certificate,
    'ca.key': authority.privateKey,
  };
}
