import { describe, expect, test } from '@jest/globals';
import type { InstallationSpec } from '../../api/installation.ts';
import type { DaemonSet, Deployment } from '../../api/kubernetes.ts';
import { workloadOverrides } from '../../api/schema/installation/overrides.ts';
import { overrideBlocks } from '../../api/workload-override.ts';
import { findObject, inputFor } from '../fixtures.ts';
import { render } from '../render.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
}

const sample = { limits: { cpu: '123m' } };
/** A value for each field of a container override. */
const ofContainer: Readonly<Record<string, unknown>> = {
  resources: sample,
  env: [{ name: 'EXTRA', value: 'extra' }],
  args: ['--extra'],
  volumeMounts: [{ name: 'extra', mountPath: '/extra' }],
};
/** A value for each field of a pod override, lists of containers aside. */
const ofPod: Readonly<Record<string, unknown>> = {
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  dnsConfig: { nameservers: ['192.0.2.53'] },
  dnsPolicy: 'ClusterFirst',
  nodeSelector: { disk: 'ssd' },
  priorityClassName: 'mine',
  terminationGracePeriodSeconds: 33,
  tolerations: [{ key: 'a', operator: 'Exists' }],
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
  volumes: [{ name: 'extra', emptyDir: {} }],
};

/** In which every container that open-source Calico has is there. */
const circumstances: InstallationSpec = {
  typha: { mode: 'Always' },
  certificateManagement: {
    caCert: btoa('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'),
    signerName: 'example.com/signer',
  },
};

const rendered = (block: LinuxBlock, override: object) => {
  const { kind, name } = overrideBlocks[block];
  const spec = { ...circumstances, [block]: override } as InstallationSpec;
  return findObject<DaemonSet | Deployment>(render(inputFor(spec)), kind, name, 'calico-system');
};

type LinuxBlock = Exclude<keyof typeof overrideBlocks, 'calicoNodeWindowsDaemonSet'>;
const blocks = Object.keys(overrideBlocks).filter(
  (block) => block !== 'calicoNodeWindowsDaemonSet',
) as readonly LinuxBlock[];
const podSchema = (block: LinuxBlock): Readonly<Record<string, Schema>> => {
  const schema = workloadOverrides[block] as unknown as Schema;
  return schema.properties?.['spec']?.properties?.['template']?.properties?.['spec']?.properties ?? {};
};
const inPod = (fields: object) => ({ spec: { template: { spec: fields } } });

/** Containers that the schema admits and that no pod of open-source Calico has. */
const foreign = [
  'hostpath-init',
  'calico-node-prometheus-server-tls-key-cert-provisioner',
  'csi-node-driver',
  'es-calico-kube-controllers',
];
const unknown = [...foreign, 'typha-certs-key-cert-provisioner'];
const formerly: Readonly<Record<string, string>> = { 'mount-bpffs': 'ebpf-bootstrap' };

describe.each(blocks)('%s', (block) => {
  const lists = ['containers', 'initContainers'] as const;
  const fields = Object.keys(podSchema(block)).filter((field) => !lists.some((list) => list === field));

  test.each(fields)('%s reaches the pods', (field) => {
    const value = ofPod[field];
    const pod = rendered(block, inPod({ [field]: value })).spec?.template.spec;
    const found = (pod as Readonly<Record<string, unknown>> | undefined)?.[field];
    if (field === 'volumes') expect(found).toEqual(expect.arrayContaining(value as unknown[]));
    else if (field === 'nodeSelector') expect(found).toMatchObject(value as object);
    else expect(found).toEqual(value);
  });

  const containers = lists.flatMap((list) => {
    const item = podSchema(block)[list]?.items;
    const names = item?.properties?.['name']?.enum ?? [];
    const settings = Object.keys(item?.properties ?? {}).filter((field) => field !== 'name');
    return names
      .filter((name) => !unknown.includes(name))
      .flatMap((name) => settings.map((field) => [list, name, field] as const));
  });

  test.each(containers)('%s %s: %s reaches it', (list, name, field) => {
    const value = ofContainer[field];
    const pod = rendered(block, inPod({ [list]: [{ name, [field]: value }] })).spec?.template.spec;
    const container = pod?.[list]?.find((each) => each.name === (formerly[name] ?? name));
    const found = (container as Readonly<Record<string, unknown>> | undefined)?.[field];
    if (Array.isArray(value)) expect(found).toEqual(expect.arrayContaining(value));
    else expect(found).toEqual(value);
  });

  test('no pod has a container of the names that are left out', () => {
    const pod = rendered(block, {}).spec?.template.spec;
    const names = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].map(({ name }) => name);
    expect(names.filter((name) => foreign.includes(name))).toEqual([]);
  });

  test('metadata of object and pods, and seconds to settle', () => {
    const metadata = { labels: { team: 'net' }, annotations: { note: 'a' } };
    const object = rendered(block, { metadata, spec: { minReadySeconds: 7, template: { metadata } } });
    expect(object.metadata).toMatchObject(metadata);
    expect(object.spec?.template.metadata).toMatchObject(metadata);
    expect(object.spec?.minReadySeconds).toBe(7);
  });
});

test('Typha alone has its own strategy, and follows its grace period', () => {
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
  const { spec } = rendered('typhaDeployment', {
    spec: { strategy: { rollingUpdate }, template: { spec: { terminationGracePeriodSeconds: 1000 } } },
  }) as Deployment;
  expect(spec?.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate });
  expect(spec?.progressDeadlineSeconds).toBe(1200);
  expect(spec?.template.spec?.containers[0]?.env).toContainEqual({
    name: 'TYPHA_SHUTDOWNTIMEOUTSECS',
    value: '1000',
  });
});

test('an override of resources wins over componentResources, of which the first of a component counts', () => {
  const resourcesOf = (spec: InstallationSpec) =>
    findObject<DaemonSet>(render(inputFor(spec)), 'DaemonSet', 'calico-node').spec?.template.spec
      ?.containers[0]?.resources;
  const component = (cpu: string) => ({
    componentName: 'Node' as const,
    resourceRequirements: { limits: { cpu } },
  });
  const componentResources = [component('1'), component('2')];
  expect(resourcesOf({ componentResources })).toEqual({ limits: { cpu: '1' } });
  const containers = [{ name: 'calico-node' as const, resources: sample }];
  expect(resourcesOf({ componentResources, calicoNodeDaemonSet: inPod({ containers }) })).toEqual(sample);
});
