/** What is said to what overrides add to pods: variables, arguments, mounts and volumes. */
import { bad, type Case, good, type Json } from './case.ts';

const typhaPod = (spec: Json): Json => ({ typhaDeployment: { spec: { template: { spec } } } });
const typhaContainer = (fields: Json): Json =>
  typhaPod({ containers: [{ name: 'calico-typha', ...(fields as object) }] });
const from = (valueFrom: Json): Json => typhaContainer({ env: [{ name: 'A', valueFrom }] });
const mounts = (...paths: readonly string[]): Json =>
  typhaContainer({ volumeMounts: paths.map((mountPath) => ({ name: 'a', mountPath })) });

const mount = (more: Json): Json =>
  typhaContainer({ volumeMounts: [{ name: 'a', mountPath: '/a', ...more }] });
const volume = (source: Json): Json => typhaPod({ volumes: [{ name: 'a', ...source }] });

const sourceCases: readonly Case[] = [
  good('a variable from a field', from({ fieldRef: { fieldPath: "metadata.labels['app']" } })),
  good('a variable from a limit', from({ resourceFieldRef: { resource: 'limits.hugepages-2Mi' } })),
  bad('a variable from no name', from({ configMapKeyRef: { key: 'a' } }), 'configMapKeyRef.name', 'Required'),
  bad(
    'a variable from a name that is none',
    from({ secretKeyRef: { name: 'A B', key: 'a' } }),
    'secretKeyRef.name',
  ),
  bad(
    'a variable from a key that is none',
    from({ secretKeyRef: { name: 'a', key: '..' } }),
    'secretKeyRef.key',
  ),
  bad('a variable from all labels', from({ fieldRef: { fieldPath: 'metadata.labels' } }), 'fieldPath'),
  bad(
    'a variable by another API',
    from({ fieldRef: { apiVersion: 'v2', fieldPath: 'metadata.name' } }),
    'apiVersion',
  ),
  bad(
    'a variable from no resource',
    from({ resourceFieldRef: { resource: 'limits.gpu' } }),
    'resourceFieldRef.resource',
  ),
];

const item = { key: 'a', path: 'b' };

const volumeCases: readonly Case[] = [
  good(
    'files',
    volume({ configMap: { name: 'a', defaultMode: 0o440, items: [{ key: '.a', path: 'b/.c/./d' }] } }),
  ),
  good('a directory of Windows', volume({ hostPath: { path: 'C:\\a\\..b', type: '' } })),
  good(
    'fields in files',
    volume({ downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] } }),
  ),
  bad('a ConfigMap of no name', volume({ configMap: {} }), 'configMap.name', 'Required'),
  bad('a Secret of no name', volume({ secret: {} }), 'secret.secretName', 'Required'),
  bad('a Secret of a name that is none', volume({ secret: { secretName: 'A' } }), 'secret.secretName'),
  bad('a claim of a name that is none', volume({ persistentVolumeClaim: { claimName: '' } }), 'claimName'),
  bad('a driver of a name that is none', volume({ csi: { driver: 'a b' } }), 'csi.driver'),
  bad('a mode', volume({ secret: { secretName: 'a', defaultMode: 0o1000 } }), 'defaultMode', '511'),
  bad(
    'a file above the volume',
    volume({ secret: { secretName: 'a', items: [{ ...item, path: 'a/../../b' }] } }),
    'items[0].path',
  ),
  bad(
    'a file at the root',
    volume({ configMap: { name: 'a', items: [{ ...item, path: '/b' }] } }),
    'items[0].path',
  ),
  bad(
    'a file of no content',
    volume({ downwardAPI: { items: [{ path: 'a' }] } }),
    'either fieldRef or resourceFieldRef',
  ),
  bad(
    'a file of a limit of nobody',
    volume({
      projected: {
        sources: [{ downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu' } }] } }],
      },
    }),
    'containerName',
    'Required',
  ),
  bad(
    'a token for a moment',
    volume({ projected: { sources: [{ serviceAccountToken: { path: 'a', expirationSeconds: 5 } }] } }),
    'expirationSeconds',
    '600',
  ),
  bad(
    'a directory that leads upwards',
    volume({ hostPath: { path: '/a/..' } }),
    'hostPath.path',
    'absolute path without ".."',
  ),
  bad(
    'a relative directory',
    volume({ nfs: { server: 'a', path: 'b' } }),
    'nfs.path',
    'absolute path without ".."',
  ),
  bad(
    'a directory of a type that is none',
    volume({ hostPath: { path: '/a', type: 'Folder' } }),
    'DirectoryOrCreate',
  ),
  bad('memory of a kind that is none', volume({ emptyDir: { medium: 'Disk' } }), 'emptyDir.medium'),
];

const mountCases: readonly Case[] = [
  good(
    'a part of a volume, read only',
    mount({ subPath: 'a/..b', readOnly: true, recursiveReadOnly: 'Enabled' }),
  ),
  good('a drive of Windows', {
    calicoNodeWindowsDaemonSet: {
      spec: {
        template: {
          spec: { containers: [{ name: 'node', volumeMounts: [{ name: 'a', mountPath: 'C:/a' }] }] },
        },
      },
    },
  }),
  bad('a mount over everything', mount({ mountPath: '//' }), 'mountPath'),
  bad('a mount at a relative path', mount({ mountPath: 'a' }), 'mountPath'),
  bad('a part above the volume', mount({ subPath: 'a/..' }), 'relative, without ".."'),
  bad('a part at the root', mount({ subPathExpr: '/a' }), 'relative, without ".."'),
  bad(
    'two parts of a volume',
    mount({ subPath: 'a', subPathExpr: 'b' }),
    'set subPath or subPathExpr, not both',
  ),
  bad('a mount half read only', mount({ recursiveReadOnly: 'Enabled' }), 'recursiveReadOnly needs readOnly'),
];

/** Variables, arguments, mounts and volumes. */
export const additionCases: readonly Case[] = [
  good(
    'what a container may get besides',
    typhaPod({
      priorityClassName: 'mine',
      volumes: [
        { name: 'a', secret: { secretName: 'a' } },
        { name: 'b', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
      containers: [
        {
          name: 'calico-typha',
          env: [
            { name: 'TYPHA_LOGSEVERITYSCREEN', value: 'debug' },
            { name: 'B', valueFrom: { secretKeyRef: { name: 'b', key: 'c' } } },
          ],
          args: ['--a'],
          volumeMounts: [{ name: 'a', mountPath: '/a', readOnly: true }],
        },
      ],
    }),
  ),
  bad('a variable twice', typhaContainer({ env: [{ name: 'A' }, { name: 'A' }] }), 'Duplicate'),
  bad('a variable without name', typhaContainer({ env: [{ value: 'a' }] }), 'env[0].name'),
  bad('a variable of a name that is none', typhaContainer({ env: [{ name: '1=a' }] }), 'env[0].name'),
  bad(
    'a variable with two values',
    typhaContainer({
      env: [{ name: 'A', value: 'b', valueFrom: { secretKeyRef: { name: 'b', key: 'c' } } }],
    }),
    'either value or valueFrom',
  ),
  bad('a variable from nowhere', from({}), 'valueFrom takes exactly one of'),
  bad(
    'a variable that identifies',
    typhaContainer({ env: [{ name: 'A' }, { name: 'TYPHA_CAFILE', value: '/a' }] }),
    'variable TYPHA_CAFILE cannot be set',
  ),
  bad('a mount twice', mounts('/a', '/a'), 'Duplicate'),
  bad('a mount at no path', mounts(''), 'mountPath'),
  bad(
    'a volume twice',
    typhaPod({ volumes: ['a', 'a'].map((name) => ({ name, emptyDir: {} })) }),
    'Duplicate',
  ),
  bad('a volume of nothing', typhaPod({ volumes: [{ name: 'a' }] }), 'volumes[0]', 'exactly one source'),
  bad(
    'a volume of two things',
    typhaPod({ volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/a' } }] }),
    'exactly one source',
  ),
  bad('a volume of a name that is none', typhaPod({ volumes: [{ name: 'A b', emptyDir: {} }] }), 'name'),
  ...sourceCases,
  ...volumeCases,
  ...mountCases,
  bad('a class of a name that is none', typhaPod({ priorityClassName: 'A B' }), 'priorityClassName'),
];
