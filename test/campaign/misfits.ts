/** Specs that are refused although each setting of them is right. */
import { type Fields, podOverride } from './leaves.ts';

const mounting = (block: string, name: string, volumeMounts: readonly Fields[]): Fields =>
  podOverride(block, { containers: [{ name, volumeMounts }] });

/** What is right by itself, but not with its neighbours or in this pod. */
export const misfits: readonly Fields[] = [
  mounting('typhaDeployment', 'calico-typha', [
    { name: 'typha-certs', mountPath: '/extra', mountPropagation: 'Bidirectional' },
  ]),
  mounting('calicoNodeDaemonSet', 'calico-node', [
    { name: 'xtables-lock', mountPath: '/extra' },
    { name: 'xtables-lock', mountPath: '/extra/' },
  ]),
  mounting('calicoNodeDaemonSet', 'calico-node', [
    {
      ...{ name: 'xtables-lock', mountPath: '/extra', readOnly: true },
      ...{ recursiveReadOnly: 'IfPossible', mountPropagation: 'HostToContainer' },
    },
  ]),
];
