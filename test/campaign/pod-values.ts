/** Values of what overrides add to pods: variables, arguments, mounts and volumes. */
import type { Values } from './values.ts';

const long = (length: number): string => 'a'.repeat(length);

export const podValues: readonly (readonly [RegExp, Values])[] = [
  [/env\[\]\.name$/, { good: ['EXTRA', 'OTHER'], odd: ['1X', 'a b', '', 'NODENAME'] }],
  [/env\[\]\.value$/, { good: ['one', 'two'], odd: [''] }],
  [/KeyRef\.key$/, { good: ['a', 'b'], odd: ['', 'a b', '../x'] }],
  [/fieldRef\.apiVersion$/, { good: ['v1'], odd: ['v2', ''] }],
  [/fieldRef\.fieldPath$/, { good: ['metadata.name', 'metadata.namespace'], odd: ['spec.x', ''] }],
  [
    /resourceFieldRef\.containerName$/,
    {
      good: ['calico-node', 'calico-typha', 'calico-kube-controllers', 'calico-csi', 'node'],
      odd: ['none', ''],
    },
  ],
  [/resourceFieldRef\.divisor$/, { good: ['1', '1m'], odd: ['0', '-1', 'x'] }],
  [/resourceFieldRef\.resource$/, { good: ['limits.cpu', 'requests.cpu'], odd: ['limits.gpu', ''] }],
  [/args\[\]$/, { good: ['--one', '--two'], odd: [''] }],
  [
    /volumeMounts\[\]\.name$/,
    {
      good: ['xtables-lock', 'var-run-calico', 'varrun', 'socket-dir', 'tigera-ca-bundle', 'typha-certs'],
      odd: ['none', '', 'A'],
    },
  ],
  [
    /volumeMounts\[\]\.mountPath$/,
    { good: ['/extra', '/other'], odd: ['', '/a:b', 'relative', '/lib/modules', '//'] },
  ],
  [/volumeMounts\[\]\.subPath(Expr)?$/, { good: ['one', 'two'], odd: ['/a', '..', ''] }],
  [/priorityClassName$/, { good: ['system-node-critical', 'system-cluster-critical'], odd: ['', 'A B'] }],
  [/volumes\[\]\.name$/, { good: ['extra', 'other'], odd: ['A', '', 'lib-modules', 'a.b', long(64)] }],
  [/items\[\]\.key$/, { good: ['a', 'b'], odd: ['', 'a b'] }],
  [/items\[\]\.path$/, { good: ['a', 'b/c'], odd: ['/a', '../a', '', '..a'] }],
  [/(configMap|secret|Secret|Ref)\.(name|secretName)$/, { good: ['one', 'two'], odd: ['', 'A B'] }],
  [/persistentVolumeClaim\.claimName$/, { good: ['one', 'two'], odd: ['', 'A B'] }],
  [/csi\.driver$/, { good: ['csi.example.com', 'other.example.com'], odd: ['', 'A B'] }],
  [/csi\.fsType$/, { good: ['ext4', 'xfs'], odd: [''] }],
  [/emptyDir\.medium$/, { good: ['Memory', ''], odd: ['Disk'] }],
  [/emptyDir\.sizeLimit$/, { good: ['1Mi', '2Mi'], odd: ['-1', 'x', 5] }],
  [/hostPath\.path$/, { good: ['/var/one', '/var/two'], odd: ['relative', '/a/../b', ''] }],
  [/hostPath\.type$/, { good: ['Directory', 'File'], odd: ['Folder'] }],
  [/nfs\.path$/, { good: ['/one', '/two'], odd: ['relative', ''] }],
  [/nfs\.server$/, { good: ['192.0.2.1', 'nfs.example.com'], odd: [''] }],
  [/serviceAccountToken\.audience$/, { good: ['one', 'two'], odd: [''] }],
  [/serviceAccountToken\.path$/, { good: ['token', 'other'], odd: ['/a', '..', ''] }],
  [/serviceAccountToken\.expirationSeconds$/, { good: [3600, 7200], odd: [599, 0, -1] }],
  [/([dD]efaultMode|items\[\]\.mode)$/, { good: [420, 256], odd: [-1, 512] }],
];
