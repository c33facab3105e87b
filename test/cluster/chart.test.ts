/** The chart as Helm sees it, without a cluster. test/cluster/helm.test.ts installs it. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { readDocuments } from '../../src/commands/documents.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { chartDirectory, helms, runProgram, succeed, templateArguments } from './clients.ts';
import { badValues } from './fixtures/bad-values.ts';
import { tigeraValues, variants } from './fixtures/chart-variants.ts';
import { grantsOf } from './granted.ts';
import { readManifest } from './manifests.ts';

/** What renders where nothing else is said; that all render the same is shown below. */
let helm: string;
let scratch: string;
beforeAll(async () => {
  const programs = await Promise.all(helms.map(({ program }) => program()));
  helm = programs[0] ?? '';
  scratch = await mkdtemp(join(tmpdir(), 'calico-operator-chart-'));
  // Helm may have to be built first.
}, 1_800_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

let files = 0;
async function valuesFile(values: object): Promise<string> {
  const path = join(scratch, `values-${++files}.json`);
  await writeFile(path, JSON.stringify(values));
  return path;
}

interface Rendered extends KubeObject {
  // The shape differs with the kind; tests say what they expect of it.
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

async function render(values: object, ...more: readonly string[]): Promise<readonly Rendered[]> {
  const text = await succeed(helm, templateArguments('--values', await valuesFile(values), ...more));
  return readDocuments(text, 'chart').map(({ object }) => object as Rendered);
}

const named = (objects: readonly Rendered[], kind: string, name?: string): Rendered => {
  const found = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  );
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} of ${kind} ${name ?? ''}`);
  return found[0];
};

const kindsOf = (objects: readonly Rendered[]): readonly string[] => objects.map(({ kind }) => kind);

describe.each(helms)('$name', ({ program }) => {
  const run = async (args: readonly string[], values: object): ReturnType<typeof runProgram> =>
    runProgram(await program(), [...args, '--values', await valuesFile(values)]);

  test.each(Object.entries(variants))('finds nothing wrong with %s', async (_name, values) => {
    const { code, stdout } = await run(['lint', '--strict', chartDirectory], values);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('0 chart(s) failed') });
    expect(stdout).not.toMatch(/\[(WARNING|ERROR)\]/);
  });

  test.each(badValues)('refuses $what', async ({ values, message }) => {
    const { code, stderr } = await run(templateArguments(), values);
    expect(code).not.toBe(0);
    for (const part of message) expect(stderr).toContain(part);
  });
});

test.each(Object.entries(variants))('every Helm makes the same of %s', async (_name, values) => {
  const objects = await render(values);
  const args = templateArguments('--values', await valuesFile(values));
  for (const { program } of helms.slice(1)) {
    const text = await succeed(await program(), args);
    expect(readDocuments(text, 'chart').map(({ object }) => object)).toEqual(objects);
  }
});

describe('Calico’s resources', () => {
  test('are those of the values, and nothing more', async () => {
    const objects = await render(tigeraValues);
    const { enabled: _enabled, ...spec } = tigeraValues.installation;
    expect(named(objects, 'Installation').spec).toEqual({
      ...spec,
      imagePullSecrets: [{ name: 'other' }, { name: 'mirror' }],
    });
    expect(named(objects, 'FelixConfiguration').spec).toEqual({ logSeverityScreen: 'Warning' });
    expect(named(objects, 'APIServer').spec).toEqual({});
    expect(kindsOf(objects)).not.toContain('Goldmane');
  });

  test('take the path of volumes from where older releases of Tigera’s chart had it', async () => {
    const objects = await render({ kubeletVolumePluginPath: '/var/lib/kubelet' });
    expect(named(objects, 'Installation').spec).toEqual({ kubeletVolumePluginPath: '/var/lib/kubelet' });
  });

  test('are by default what Tigera’s chart installs', async () => {
    const objects = await render({});
    expect(named(objects, 'Installation').spec).toEqual({ kubeletVolumePluginPath: 'None' });
    expect(kindsOf(objects)).toEqual(expect.arrayContaining(['APIServer', 'Goldmane', 'Whisker']));
  });

  test('stay on uninstall with policy Keep, and nothing deletes them', async () => {
    const objects = await render({ uninstall: { policy: 'Keep' } });
    expect(named(objects, 'Installation').metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-wave': '1',
      'helm.sh/resource-policy': 'keep',
    });
    expect(kindsOf(objects)).not.toContain('Job');
  });
});

describe('the Deployment', () => {
  interface PodTemplate {
    readonly template: {
      readonly metadata: KubeObject['metadata'];
      readonly spec: Readonly<Record<string, unknown>> & {
        readonly containers: readonly Readonly<Record<string, unknown>>[];
      };
    };
  }
  const podOf = (objects: readonly Rendered[]): PodTemplate['template']['spec'] =>
    (named(objects, 'Deployment').spec as unknown as PodTemplate).template.spec;

  test('takes environment and endpoint of Tigera’s values, but not the image', async () => {
    const objects = await render(tigeraValues);
    const [container] = podOf(objects).containers;
    expect(container).toMatchObject({
      image: 'calico-operator:0.1.0',
      resources: { requests: { cpu: '50m', memory: '96Mi' } },
    });
    expect(container?.['env']).toContainEqual({ name: 'METRICS_PORT', value: '9999' });
    expect(named(objects, 'ConfigMap', 'kubernetes-services-endpoint').data).toEqual({
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      KUBERNETES_SERVICE_PORT: '6443',
    });
    expect(podOf(objects)).toMatchObject({
      dnsPolicy: 'Default',
      imagePullSecrets: [{ name: 'other' }, { name: 'mirror' }],
    });
  });

  test('is rolled out anew when the API server is reached elsewhere, as pods read that when they start', async () => {
    const checksum = async (host?: string): Promise<unknown> => {
      const values = host === undefined ? {} : { kubernetesServiceEndpoint: { host } };
      const { template } = named(await render(values), 'Deployment').spec as unknown as PodTemplate;
      return template.metadata.annotations?.['checksum/endpoint'];
    };
    expect(await checksum()).toBeUndefined();
    const first = await checksum('10.0.0.1');
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(await checksum('10.0.0.2')).not.toBe(first);
  });

  test('has the restricted profile, but for the host network', async () => {
    const pod = podOf(await render({}));
    expect(pod).toMatchObject({
      hostNetwork: true,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod.containers[0]?.['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod['volumes']).toBeUndefined();
  });

  test('names the digest before the tag, and leaves numbers to OpenShift', async () => {
    expect(podOf(await render(variants['everything on'] ?? {})).containers[0]?.['image']).toMatch(
      /^registry\.example\.com\/a\/b@sha256:[0-9a-f]{64}$/,
    );
    expect(podOf(await render(variants['OpenShift'] ?? {}))['securityContext']).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('has no toleration without an end', async () => {
    const tolerations = podOf(await render({}))['tolerations'] as readonly Readonly<
      Record<string, unknown>
    >[];
    expect(tolerations.every(({ key }) => key !== undefined)).toBe(true);
    expect(
      tolerations.filter(
        ({ effect, tolerationSeconds }) => effect === 'NoExecute' && tolerationSeconds === undefined,
      ),
    ).toEqual([]);
  });
});

test('names that look like numbers stay texts', async () => {
  const objects = await render({ imagePullSecrets: { 42: '{}' } }, '--namespace=123');
  const inPlace = objects.filter(({ metadata: { namespace } }) => String(namespace) === '123');
  expect(inPlace.length).toBeGreaterThan(5);
  expect(new Set(inPlace.map(({ metadata: { namespace } }) => namespace))).toEqual(new Set(['123']));
  expect(named(objects, 'Secret', '42').data).toEqual({ '.dockerconfigjson': btoa('{}') });
  const [created] = (await render({ namespace: { create: true } }, '--namespace=123')).filter(
    ({ kind }) => kind === 'Namespace',
  );
  expect(created?.metadata).toMatchObject({ name: '123', labels: { name: '123' } });
});

test('values that are null count as left out', async () => {
  const installation = { kubernetesProvider: 'GKE' };
  const objects = await render({ installation, priorityClassName: null, extraEnv: null });
  expect(kindsOf(objects)).not.toContain('ResourceQuota');
});

test('roles are those of deploy/manifests, in any namespace', async () => {
  const objects = await render({}, '--namespace=elsewhere', '--no-hooks');
  const moved = (text: string): string => text.replaceAll('in tigera-operator', 'in elsewhere');
  const source = await readManifest(join(repository, 'deploy/manifests/rbac.yaml'));
  const told = (manifest: readonly KubeObject[]): readonly string[] =>
    grantsOf(manifest)
      .map((grant) =>
        moved(`${JSON.stringify(grant)} in ${grant.namespace}`.replace('"tigera-operator"}', '"elsewhere"}')),
      )
      .sort();
  expect(told(objects)).toEqual(told(source));
});

test('with rbac.create off there is no role, not even for hooks or for those who look', async () => {
  const objects = await render({ rbac: { create: false }, serviceAccount: { create: false } });
  expect(kindsOf(objects)).toEqual(expect.arrayContaining(['Deployment', 'Job']));
  expect(kindsOf(objects).filter((kind) => /Role|ServiceAccount/.test(kind))).toEqual([]);
});

test('definitions are those of the release, and tell Helm, Argo CD and Flux to leave them', async () => {
  const text = await succeed(helm, ['show', 'crds', chartDirectory]);
  const crds = readDocuments(text, 'crds').map(({ object }) => object);
  const bundled = JSON.parse(
    await readFile(join(repository, 'src/api/generated/crds.json'), 'utf8'),
  ) as readonly { readonly json: string }[];
  const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);
  expect([...crds].sort(byName)).toEqual(
    bundled.map(({ json }) => JSON.parse(json) as KubeObject).sort(byName),
  );
  const keep = {
    'helm.sh/resource-policy': 'keep',
    'argocd.argoproj.io/sync-options': 'Prune=false',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  };
  expect(crds.map(({ metadata }) => metadata.annotations)).toEqual(
    crds.map(() => expect.objectContaining(keep)),
  );
});

test('the record of a revision stays far below the limit of 1 MiB', async () => {
  await succeed(helm, ['package', chartDirectory, '--destination', scratch]);
  const { length } = await readFile(join(scratch, 'calico-operator-0.1.0.tgz'));
  // The record is the chart and what was rendered, compressed, in base64.
  expect(length).toBeLessThan(250_000);
});

test('manifests are as generated', () => {
  const check = [join(repository, 'scripts/manifests.ts'), '--check'];
  // It looks for Helm in the same cache, so it builds none.
  const { status, stderr } = spawnSync(process.execPath, check, { encoding: 'utf8', env: process.env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('alerts and dashboard ask for metrics that there are', async () => {
  const metrics = createMetrics({ version: '1', calicoVersion: 'v3', leaseName: 'x' });
  metrics.controller('installation');
  const known = new Set([...(await metrics.text()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  for (const file of ['alerts.yaml', 'dashboard.json']) {
    const text = await readFile(join(chartDirectory, 'files', file), 'utf8');
    const used = [
      ...text.matchAll(/\b(?:calico_operator|controller_runtime|leader_election|process|workqueue)_\w+/g),
    ].map(([name]) => name);
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !known.has(name.replace(/_bucket$/, '')))).toEqual([]);
  }
});
