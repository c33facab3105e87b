/** What our operator would see where the reference was recorded. */
import type { ImageSet } from '../../src/api/image-set.ts';
import type { ConfigMap, KubeObject, Secret } from '../../src/api/kubernetes.ts';
import { exampleInput, exampleSnapshot } from '../../src/render/fixtures.ts';
import type { RenderInput } from '../../src/render/types.ts';
import type { Resolved, Snapshot } from '../../src/resolve/types.ts';
import type { Recording } from './recording.ts';

const operatorNamespace = 'tigera-operator';

/** How Typha is asked for: the reference always runs it, we by default on large clusters only. */
export type TyphaMode = 'Always' | 'Auto';

const ofKind = <Kind extends KubeObject>(
  objects: readonly KubeObject[],
  kind: Kind['kind'],
  namespace?: string,
) =>
  objects.filter((object): object is Kind => object.kind === kind && object.metadata.namespace === namespace);

const byName = <Kind extends KubeObject>(objects: readonly Kind[]): Readonly<Record<string, Kind>> =>
  Object.fromEntries(objects.map((object) => [object.metadata.name, object]));

/** A Secret as the API server gives it back: `stringData` moved into `data`. */
function storedSecret({ stringData, ...secret }: Secret): Secret {
  const encoded = Object.entries(stringData ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  return { ...secret, data: { ...secret.data, ...(Object.fromEntries(encoded) as Record<string, string>) } };
}

/** The cluster of a recording. */
export function snapshotOf(recording: Recording, mode: TyphaMode): Snapshot {
  const { extra, nodes, api } = recording;
  const kubeadmConfig = ofKind<ConfigMap>(extra, 'ConfigMap', 'kube-system').find(
    ({ metadata }) => metadata.name === 'kubeadm-config',
  );
  return exampleSnapshot(
    { ...recording.spec, typha: { mode } },
    {
      cluster: {
        nodes: {
          total: nodes,
          linux: nodes,
          windows: 0,
          typhaCandidates: nodes,
          typhaCandidatesLinux: nodes,
        },
        ...(kubeadmConfig === undefined ? {} : { kubeadmConfig }),
        windows: { strictAffinity: true, dnsServers: ['10.96.0.10'] },
        calicoApi: api === 'v3' ? 'projectcalico.org/v3' : 'crd.projectcalico.org/v1',
      },
      imageSets: ofKind<ImageSet>(extra, 'ImageSet'),
      secrets: byName(ofKind<Secret>(extra, 'Secret', operatorNamespace).map(storedSecret)),
      configMaps: byName(ofKind<ConfigMap>(extra, 'ConfigMap', operatorNamespace)),
      operatorNamespace,
    },
  );
}

/** Input of the renderers once everything is rolled out. */
export function renderInputOf(snapshot: Snapshot, resolved: Resolved): RenderInput {
  const pullSecrets = resolved.spec.imagePullSecrets ?? [];
  return exampleInput(resolved, {
    pullSecrets: pullSecrets.flatMap(({ name }) => snapshot.secrets[name ?? ''] ?? []),
    configMaps: snapshot.configMaps,
  });
}
