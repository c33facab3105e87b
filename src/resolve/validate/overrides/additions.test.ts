import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../../api/installation.ts';
import type { EnvVar, Volume, VolumeMount } from '../../../api/kubernetes.ts';
import type { Refusal } from '../../../api/refusal.ts';
import { reservedVariables } from '../../../api/reserved-variables.ts';
import { overrideBlockNames } from '../../../api/workload-override.ts';
import { resolve } from '../../resolve.ts';
import { normalizeMountPath } from './containers.ts';
import { defaultSnapshot } from '../../testing.ts';

type Node = NonNullable<InstallationSpec['calicoNodeDaemonSet']>;
type Pod = NonNullable<NonNullable<NonNullable<Node['spec']>['template']>['spec']>;

const refusalsOf = (spec: InstallationSpec): readonly Refusal[] => {
  const resolution = resolve(defaultSnapshot({ spec }));
  return resolution.kind === 'refused' ? resolution.refusals : [];
};
const podOf = (spec: Pod): InstallationSpec => ({ calicoNodeDaemonSet: { spec: { template: { spec } } } });
const place = 'spec.calicoNodeDaemonSet.spec.template.spec';
/** Said of the fields of a pod: paths below the pod spec, with the problem. */
const saidOf = (pod: Pod): readonly string[] =>
  refusalsOf(podOf(pod)).map(({ field = '', problem }) => `${field.replace(`${place}.`, '')}: ${problem}`);
const env = (...list: readonly EnvVar[]): Pod => ({ containers: [{ name: 'calico-node', env: list }] });
const mounts = (...list: readonly VolumeMount[]): Pod => ({
  containers: [{ name: 'calico-node', volumeMounts: list }],
});
const from = (valueFrom: NonNullable<EnvVar['valueFrom']>): Pod => env({ name: 'A', valueFrom });
const variable = 'containers[0].env[0]';
const mount = 'containers[0].volumeMounts[0]';

describe('variables', () => {
  test.each<[string, Pod, string]>([
    ['name', env({ name: '1A', value: '' }), `${variable}: a name has letters`],
    ['twice', env({ name: 'A' }, { name: 'A' }), 'containers[0].env[1]: the variable is listed twice'],
    [
      'two values',
      env({ name: 'A', value: 'b', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }),
      `${variable}: a variable has either value or valueFrom`,
    ],
    ['no source', from({}), `${variable}: it has no source`],
    [
      'two sources',
      from({ fieldRef: { fieldPath: 'spec.nodeName' }, secretKeyRef: { name: 'a', key: 'b' } }),
      `${variable}: it has several sources: fieldRef, secretKeyRef`,
    ],
    ['field', from({ fieldRef: { fieldPath: 'spec.host' } }), `${variable}: fieldRef.fieldPath is no field`],
    ['resource', from({ resourceFieldRef: { resource: 'cpu' } }), `${variable}: resourceFieldRef.resource`],
    ['Secret', from({ secretKeyRef: { name: '', key: 'b' } }), `${variable}: secretKeyRef.name is no name`],
    ['key', from({ configMapKeyRef: { name: 'a', key: '' } }), `${variable}: configMapKeyRef.key is missing`],
  ])('%s is refused', (_name, pod, said) => {
    expect(saidOf(pod)).toEqual([expect.stringContaining(said)]);
  });

  test.each<[string, Pod]>([
    ['values', env({ name: 'FELIX_LOGSEVERITYSCREEN', value: 'Debug' }, { name: 'EMPTY' })],
    ['fields', from({ fieldRef: { fieldPath: "metadata.labels['a/b']" } })],
    ['resources', from({ resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } })],
    ['keys', from({ secretKeyRef: { name: 'a', key: 'b', optional: true } })],
  ])('%s are accepted', (_name, pod) => {
    expect(saidOf(pod)).toEqual([]);
  });

  test('reserved ones are refused in every block, whatever case Felix is spoken to in', () => {
    for (const block of overrideBlockNames) {
      for (const name of reservedVariables[block].flatMap(({ names }) => names)) {
        const override = { spec: { template: { spec: { containers: [{ name: 'any', env: [{ name }] }] } } } };
        const found = refusalsOf({ [block]: override });
        expect([block, name, found.map(({ value }) => value)]).toEqual([block, name, [name]]);
      }
    }
    expect(saidOf(env({ name: 'felix_TyphaCN', value: 'me' }))).toEqual([
      `${variable}: it belongs to the certificates that the operator mounts, and with another value peers are refused`,
    ]);
  });

  test('what a certificate is asked for with is reserved where it is asked for', () => {
    const list = [{ name: 'POD_NAME', value: 'x' }];
    expect(saidOf({ initContainers: [{ name: 'node-certs-key-cert-provisioner', env: list }] })).toHaveLength(
      1,
    );
    expect(saidOf(env(...list))).toEqual([]);
  });

  test('values are never shown', () => {
    const secret = 'hunter2';
    const list = [
      { name: 'NODENAME', value: secret },
      { name: '9', value: secret, valueFrom: { secretKeyRef: { name: '', key: '' } } },
    ];
    expect(JSON.stringify(refusalsOf(podOf(env(...list))))).not.toContain(secret);
  });
});

describe('mounts', () => {
  test.each<[string, Pod, string]>([
    ['name', mounts({ name: '', mountPath: '/a' }), 'name is missing'],
    ['relative', mounts({ name: 'a', mountPath: 'a' }), 'it is no absolute path'],
    ['colon', mounts({ name: 'a', mountPath: '/a:b' }), 'it is no absolute path'],
    ['root', mounts({ name: 'a', mountPath: '//' }), 'it would hide the whole file system'],
    ['upwards', mounts({ name: 'a', mountPath: '/a', subPath: '../b' }), 'a subPath is relative'],
    [
      'both sub paths',
      mounts({ name: 'a', mountPath: '/a', subPath: 'b', subPathExpr: '$(A)' }),
      'it has either subPath or subPathExpr',
    ],
    [
      'propagation',
      mounts({ name: 'a', mountPath: '/a', mountPropagation: 'Both' }),
      'there is no propagation Both',
    ],
    [
      'recursive',
      mounts({ name: 'a', mountPath: '/a', recursiveReadOnly: 'Enabled' }),
      'recursiveReadOnly needs readOnly',
    ],
    [
      'recursive, and changing with the host',
      mounts({
        ...{ name: 'a', mountPath: '/a', readOnly: true },
        ...{ recursiveReadOnly: 'IfPossible', mountPropagation: 'HostToContainer' },
      }),
      'recursiveReadOnly needs readOnly: true, and no mountPropagation',
    ],
  ])('%s is refused', (_name, pod, said) => {
    expect(saidOf(pod)).toEqual([expect.stringContaining(`${mount}: ${said}`)]);
  });

  test('two at one path are refused, however that is written', () => {
    expect(saidOf(mounts({ name: 'a', mountPath: '/a' }, { name: 'b', mountPath: '//a/' }))).toEqual([
      'containers[0].volumeMounts[1]: another mount of the list has the same path',
    ]);
  });

  test('paths of Windows are accepted on Windows', () => {
    const list = [{ name: 'a', mountPath: 'C:\\CalicoWindows\\extra' }];
    const spec = { containers: [{ name: 'felix' as const, volumeMounts: list }] };
    expect(refusalsOf({ calicoNodeWindowsDaemonSet: { spec: { template: { spec } } } })).toEqual([]);
    expect(saidOf(mounts(...list))).toHaveLength(1);
    expect(normalizeMountPath('c:/calicoWindows//Extra/')).toBe(normalizeMountPath(list[0]!.mountPath));
  });
});

describe('volumes', () => {
  const named = (source: Omit<Volume, 'name'>): Volume => ({ name: 'extra', ...source });

  test.each<[string, Volume, string]>([
    ['name', { name: 'Extra', emptyDir: {} }, 'a name has up to 63'],
    ['no source', named({}), 'it has no source that this release knows'],
    ['two sources', named({ emptyDir: {}, hostPath: { path: '/a' } }), 'it has several sources'],
    ['unknown source', named({ gitRepo: { repository: 'a' } }), 'this release has no volumes of gitRepo'],
    ['ConfigMap', named({ configMap: {} }), 'configMap.name is no name'],
    ['Secret', named({ secret: { secretName: 'A' } }), 'secret.secretName is no name'],
    ['mode', named({ secret: { secretName: 'a', defaultMode: 512 } }), 'secret: a mode lies between'],
    [
      'path that Kubernetes keeps for itself',
      named({ configMap: { name: 'a', items: [{ key: 'a', path: '..b' }] } }),
      'configMap.items: a path is relative',
    ],
    [
      'path of a key',
      named({ configMap: { name: 'a', items: [{ key: 'a', path: '../b' }] } }),
      'configMap.items: a path is relative',
    ],
    ['claim', named({ persistentVolumeClaim: { claimName: '' } }), 'persistentVolumeClaim.claimName'],
    ['driver', named({ csi: { driver: '' } }), 'csi.driver is missing'],
    ['NFS', named({ nfs: { server: 'a', path: 'b' } }), 'nfs.path is no absolute path'],
    ['host path', named({ hostPath: { path: '/a/../b' } }), 'hostPath.path is no absolute path'],
    ['type', named({ hostPath: { path: '/a', type: 'Folder' } }), 'hostPath.type is one of'],
    ['medium', named({ emptyDir: { medium: 'Disk' } }), 'emptyDir.medium'],
    ['size', named({ emptyDir: { sizeLimit: 'big' } }), 'emptyDir.sizeLimit is no quantity'],
    [
      'projection',
      named({ projected: { sources: [{}] } }),
      'projected.sources: it has no source that this release knows',
    ],
    [
      'token',
      named({ projected: { sources: [{ serviceAccountToken: { path: 'a', expirationSeconds: 60 } }] } }),
      'projected.sources: serviceAccountToken needs a relative path, and 600 seconds',
    ],
  ])('%s is refused', (_name, volume, said) => {
    expect(saidOf({ volumes: [volume] })).toEqual([expect.stringContaining(`volumes[0]: ${said}`)]);
  });

  test('of every kind that there is are accepted, each name once', () => {
    const volumes: readonly Volume[] = [
      { name: 'a', configMap: { name: 'a', defaultMode: 0o600, items: [{ key: 'k', path: 'p/q' }] } },
      { name: 'b', secret: { secretName: 'b' } },
      { name: 'c', hostPath: { path: 'C:\\a', type: '' } },
      { name: 'd', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
      { name: 'e', csi: { driver: 'secrets-store.csi.k8s.io' } },
      { name: 'f', nfs: { server: 'a', path: '/b' } },
      { name: 'g', persistentVolumeClaim: { claimName: 'g' } },
      { name: 'h', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      {
        name: 'i',
        projected: { sources: [{ serviceAccountToken: { path: 'a' } }, { secret: { name: 'b' } }] },
      },
    ];
    expect(saidOf({ volumes })).toEqual([]);
    expect(saidOf({ volumes: [...volumes, { name: 'a', emptyDir: {} }] })).toEqual([
      'volumes[9]: the volume is listed twice',
    ]);
  });
});

describe('other fields', () => {
  test('a priority class that can have no such name is refused; an empty one is none', () => {
    expect(refusalsOf(podOf({ priorityClassName: 'Mine!' })).map(({ field }) => field)).toEqual([
      `${place}.priorityClassName`,
    ]);
    expect(saidOf({ priorityClassName: '' })).toEqual([]);
  });

  test('DNS and claims of resources are looked at as well', () => {
    const resources = { claims: [{ name: 'gpu' }] };
    expect(saidOf({ dnsPolicy: 'None', containers: [{ name: 'calico-node', resources }] })).toEqual([
      expect.stringContaining('containers[0].resources.claims'),
      expect.stringContaining('dnsPolicy'),
    ]);
  });
});
