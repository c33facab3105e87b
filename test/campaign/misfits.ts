/** Specs that are refused although each setting of them is right. */
import type { Fields } from './leaves.ts';

/** What is right by itself, but not with its neighbours or in this pod. */
export const misfits: readonly Fields[] = [
  {
    typhaDeployment: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'calico-typha',
                volumeMounts: [
                  { name: 'typha-certs', mountPath: '/extra', mountPropagation: 'Bidirectional' },
                ],
              },
            ],
          },
        },
      },
    },
  },
  {
    calicoNodeDaemonSet: {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'calico-node',
                volumeMounts: [
                  { name: 'xtables-lock', mountPath: '/extra' },
                  { name: 'xtables-lock', mountPath: '/extra/' },
                ],
              },
            ],
          },
        },
      },
    },
  },
];
