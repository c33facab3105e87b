/** Every recorded spec as a manifest without an operator: refused for a reason, or complete in itself. */
import { expect, test } from '@jest/globals';
import type { Installation } from '../../src/api/installation.ts';
import { loadBundledCrds } from '../../src/api/crds.ts';
import { isWorkload } from '../../src/commands/render/standalone/certificates.ts';
import { renderStandalone } from '../../src/commands/render/standalone/standalone.ts';
import { readRecording, recordingNames } from './recording.ts';

const place = {
  operatorNamespace: 'tigera-operator',
  clusterDomain: 'cluster.local',
  serviceAccount: 'tigera-operator',
  version: '0.0.0',
};
const crds = await loadBundledCrds();
function renderRecording(name: string) {
  const { spec, extra } = readRecording(name);
  const installation: Installation = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec,
  };
  return renderStandalone([installation, ...extra], place, crds);
}

test.each(recordingNames())('%s', (name) => {
  const rendering = renderRecording(name);
  if (rendering.kind === 'refused') expect(rendering.refusals).not.toEqual([]);
  if (rendering.kind !== 'rendered') return;
  const objects = rendering.objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
  const text = JSON.stringify(objects);
  expect(text).not.toMatch(/in-the-cluster|node-certs|typha-|tigera-ca|csr-creator/i);
  expect(objects.filter(({ apiVersion }) => /(^|\.)projectcalico\.org\//.test(apiVersion))).toEqual([]);
  for (const { metadata, spec: workload } of objects.filter(isWorkload)) {
    const { containers = [], initContainers = [], volumes = [] } = workload.template.spec ?? {};
    const known = new Set(volumes.map((volume) => volume.name));
    const mounted = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect([metadata.name, mounted.filter((mount) => !known.has(mount.name))]).toEqual([metadata.name, []]);
    const variables = containers.flatMap(({ env = [] }) => env.map((each) => each.name));
    const conflict =
      variables.includes('NO_DEFAULT_POOLS') && variables.some((each) => /POOL_CIDR$/.test(each));
    expect(conflict).toBe(false);
  }
});

test('most of them need no operator', () => {
  const rendered = recordingNames().filter((name) => renderRecording(name).kind === 'rendered');
  expect(rendered.length).toBeGreaterThan(recordingNames().length / 2);
});
