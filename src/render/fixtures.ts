/** Inputs for tests of the renderers. */
import type { CertificateSet, KeyPair } from '../api/key-pair.ts';
import type { InstallationSpec } from '../api/installation.ts';
import type { KubeObject } from '../api/kubernetes.ts';
import { resolve } from '../resolve/resolve.ts';
import type { ClusterFacts, Resolved, Snapshot } from '../resolve/types.ts';
import type { DesiredObject, RenderInput } from './types.ts';

/** A pair that the operator issued; `changes` make it another. */
export function exampleKeyPair(secretName: string, changes: Partial<KeyPair> = {}): KeyPair {
  return {
    secretName,
    certificate: `certificate of ${secretName}\n`,
    privateKey: `key of ${secretName}\n`,
    userProvided: false,
    notAfter: '2029-02-25T01:19:31Z',
    dnsNames: [],
    issuer: 'tigera-operator-signer',
    hash: `hash-of-${secretName}`,
    ...changes,
  };
}

/** The certificates that every installation has. */
export const exampleCertificates: CertificateSet = {
  authority: exampleKeyPair('tigera-ca-private'),
  pairs: {
    'node-certs': exampleKeyPair('node-certs', { dnsNames: ['typha-client'], commonName: 'typha-client' }),
    'typha-certs': exampleKeyPair('typha-certs', { dnsNames: ['typha-server'], commonName: 'typha-server' }),
  },
  trustBundle: 'trusted authorities\n',
  systemRoots: 'public roots\n',
};

/** The same where pods request their certificates. */
function certificatesFor({ spec: { certificateManagement } }: Resolved): CertificateSet {
  if (certificateManagement === undefined) return exampleCertificates;
  const request = { keyAlgorithm: '', signatureAlgorithm: '', ...certificateManagement };
  return {
    ...exampleCertificates,
    authority: exampleKeyPair('tigera-ca-private', { userProvided: true, privateKey: '' }),
    pairs: {},
    requests: { 'node-certs': request, 'typha-certs': request },
  };
}

/** A cluster of three plain nodes with an Installation of the given spec. */
export function exampleSnapshot(
  spec: InstallationSpec,
  changes: Partial<Omit<Snapshot, 'cluster'>> & { readonly cluster?: Partial<ClusterFacts> } = {},
): Snapshot {
  const { cluster, ...others } = changes;
  return {
    installation: {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'default' },
      spec,
    },
    cluster: {
      detectedProvider: '',
      kubernetesVersion: '1.36',
      clusterDomain: 'cluster.local',
      nodes: { total: 3, linux: 3, windows: 0, typhaCandidates: 3, typhaCandidatesLinux: 3 },
      awsNode: false,
      dnsServiceAddresses: [],
      calicoApi: 'crd.projectcalico.org/v1',
      ...cluster,
    },
    pools: [],
    imageSets: [],
    secrets: {},
    configMaps: {},
    operatorNamespace: 'tigera-operator',
    ...others,
  };
}

/** Resolves or fails the test with what was refused. */
export function resolveOrThrow(snapshot: Snapshot): Resolved {
  const resolution = resolve(snapshot);
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.refusals));
  return resolution.resolved;
}

/** Input of the renderers for a decision; Typha as decided. */
export function exampleInput(
  resolved: Resolved,
  changes: Partial<Omit<RenderInput, 'resolved'>> = {},
): RenderInput {
  return {
    resolved,
    owner: {
      apiVersion: 'operator.tigera.io/v1',
      blockOwnerDeletion: true,
      controller: true,
      kind: 'Installation',
      name: 'default',
      uid: '00000000-0000-4000-8000-000000000000',
    },
    operator: { namespace: 'tigera-operator', serviceAccount: 'tigera-operator', version: '0.0.0' },
    certificates: certificatesFor(resolved),
    live: {},
    phase: { typhaDeployed: resolved.typha.wanted, felixUsesTypha: resolved.typha.wanted },
    pullSecrets: [],
    configMaps: {},
    ...changes,
  };
}

/** Input for a spec on the example cluster. */
export function inputFor(
  spec: InstallationSpec,
  changes: Partial<Omit<RenderInput, 'resolved'>> & { readonly cluster?: Partial<ClusterFacts> } = {},
): RenderInput {
  const { cluster = {}, ...others } = changes;
  const secrets = Object.fromEntries(
    (others.pullSecrets ?? []).map((secret) => [secret.metadata.name, secret]),
  );
  return exampleInput(resolveOrThrow(exampleSnapshot(spec, { cluster, secrets })), others);
}

/** The rendered object of a kind and name; fails the test without it. */
export function findObject<Kind extends KubeObject>(
  objects: readonly DesiredObject[],
  kind: Kind['kind'],
  name: string,
  namespace?: string,
): Kind {
  const found = objects.find(
    ({ object: { kind: itsKind, metadata } }) =>
      itsKind === kind &&
      metadata.name === name &&
      (namespace === undefined || metadata.namespace === namespace),
  );
  if (found === undefined) throw new Error(`${kind} ${name} is not rendered`);
  return found.object as Kind;
}
