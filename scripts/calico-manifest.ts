/** `deploy/manifests/calico.yaml`: what `render --standalone` prints for an Installation that says nothing. */
import type { BundledCrd } from '../src/api/crds.ts';
import type { Installation } from '../src/api/installation.ts';
import { printStandalone } from '../src/commands/render/standalone/print.ts';
import { renderStandalone } from '../src/commands/render/standalone/standalone.ts';

const defaultInstallation: Installation = {
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  spec: {},
};

/** @param crds all definitions of the release */
export function calicoManifest(crds: readonly BundledCrd[], version: string): string {
  const place = {
    operatorNamespace: 'tigera-operator',
    clusterDomain: 'cluster.local',
    serviceAccount: 'tigera-operator',
    version,
  };
  const rendering = renderStandalone([defaultInstallation], place, crds);
  if (rendering.kind !== 'rendered') throw new Error(`the default Installation is ${rendering.kind}`);
  const { switchOnAbove: nodeLimit } = rendering.resolved.typha;
  return printStandalone(rendering.objects, 'yaml', { version, nodeLimit });
}
