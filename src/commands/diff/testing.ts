/** A cluster in memory, for tests. Never imported by the program. */
import type { Installation, InstallationSpec } from '../../api/installation.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import { describeRef, resourceOf } from '../../apply/refs.ts';
import { ModelServer } from '../../apply/testing/model-server.ts';
import { selects } from '../../cache/selection.ts';
import { coreCertificates } from '../../certificates/constants.ts';
import { systemGenerator } from '../../certificates/generator.ts';
import { inspectCertificate } from '../../certificates/inspect.ts';
import { describePair } from '../../certificates/pairs.ts';
import { makeAuthority, makeLeaf } from '../../certificates/sign.ts';
import { installationManager } from '../../controllers/installation/outfit.ts';
import type { KubeClient, Selection } from '../../kube/types.ts';
import { StatusError } from '../../kube/errors.ts';
import { lookAt } from './look.ts';
import { placeOf } from './place.ts';
import { preview, type Preview } from './preview.ts';

/** A client that knows these objects and nothing else; what may not be read, it forbids. */
export function readerOf(
  objects: readonly KubeObject[],
  isForbidden: (selection: Selection) => boolean = () => false,
): KubeClient {
  const refuse = (code: number, reason: string): Promise<never> =>
    Promise.reject(new StatusError(reason, { code, reason }));
  const list = (selection: Selection): Promise<readonly KubeObject[]> =>
    isForbidden(selection)
      ? refuse(403, 'Forbidden')
      : Promise.resolve(
          objects.filter(
            (object) => resourceOf(object) === selection.resource && selects(selection, object) !== false,
          ),
        );
  const never = (): Promise<never> => Promise.reject(new Error('diff never writes'));
  return {
    list,
    get: async ({ name, ...selection }) => {
      const found = (await list(selection)).find(({ metadata }) => metadata.name === name);
      return found ?? refuse(404, 'NotFound');
    },
    getPath: (path) => Promise.resolve(path === '/version' ? { major: '1', minor: '36' } : { groups: [] }),
    apply: never,
    create: never,
    mergePatch: never,
    jsonPatch: never,
    replace: never,
    delete: never,
  };
}

/** A Linux node. */
export function linuxNode(name: string): KubeObject {
  const { kind } = resources.Node;
  return { apiVersion: 'v1', kind, metadata: { name, labels: { 'kubernetes.io/os': 'linux' } } };
}

/** The time of these tests, milliseconds since the epoch. */
export const moment = Date.parse('2026-06-01T00:00:00Z');

const nodes = ['a', 'b', 'c'].map(linuxNode);

/** A small installation. */
export const stockSpec: InstallationSpec = {
  calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'VXLAN' }] },
};

/** Installation `default`. */
export const installationWith = (spec: InstallationSpec, status: object = {}): Installation => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default', uid: 'installation' },
  spec,
  status,
});

/** The preview for a cluster of three nodes with these objects. */
export async function previewOf(
  objects: readonly KubeObject[],
  installation: Installation,
  { now = moment, systemRoots = 'public roots\n' } = {},
): Promise<Preview> {
  const { stores, facts } = await lookAt(readerOf([...objects, ...nodes, installation]), 'tigera-operator');
  const place = placeOf(stores, { operatorNamespace: 'tigera-operator', systemRoots });
  return preview({ installation, stores, facts, place, version: '0.0.0', now });
}

type Decided = Extract<Preview, { kind: 'decided' }>;

/** Throws what was refused. */
export function decided(previewed: Preview): Decided {
  if (previewed.kind === 'decided') return previewed;
  throw new Error(JSON.stringify(previewed.refusals));
}

/** Certificates as the operator issues them, in its own namespace. */
async function issuedSecrets(): Promise<readonly KubeObject[]> {
  const authority = await makeAuthority(moment, systemGenerator);
  const inspection = inspectCertificate(authority.certificate);
  if (inspection === undefined) throw new Error('unreadable');
  const signer = describePair('tigera-ca-private', authority, inspection);
  const leaves = await Promise.all(
    coreCertificates.map(async (wanted) => ({
      name: wanted.secretName,
      ...(await makeLeaf(wanted, signer, moment, systemGenerator)),
    })),
  );
  return [{ name: 'tigera-ca-private', ...authority }, ...leaves].map(
    ({ name, certificate, privateKey }): KubeObject => {
      const encode = (text: string): string => Buffer.from(text).toString('base64');
      const data = { 'tls.crt': encode(certificate), 'tls.key': encode(privateKey) };
      const labels = { 'certificates.operator.tigera.io/signer': 'tigera-operator-signer' };
      const metadata = { name, namespace: 'tigera-operator', labels };
      return { apiVersion: 'v1', kind: 'Secret', metadata, data } as KubeObject;
    },
  );
}

/** What there is after the operator's work. */
export interface SettledCluster {
  readonly objects: readonly KubeObject[];
  readonly computed: InstallationSpec;
}

/**
 * A cluster after the operator's work, with the certificates that it has issued.
 * @param others objects that somebody else made
 */
export async function settledCluster(
  spec = stockSpec,
  others: readonly KubeObject[] = [],
): Promise<SettledCluster> {
  const server = new ModelServer();
  const previewed = await previewOf([...(await issuedSecrets()), ...others], installationWith(spec));
  const { changes, resolved } = decided(previewed);
  for (const { ref, after } of changes) {
    if (after !== undefined) await server.apply(ref.resource, after, { fieldManager: installationManager });
  }
  const creationTimestamp = new Date(moment - 86_400_000).toISOString();
  const objects = server
    .list()
    .map((object) => ({ ...object, metadata: { ...object.metadata, creationTimestamp } }));
  return { objects: [...objects, ...others], computed: resolved.spec };
}

/** Service `kubernetes` and what is behind it. */
export const apiServer = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports: [{ name: 'https', port: 443 }] },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    endpoints: [{ addresses: ['192.168.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'https', port: 6443 }],
  },
] as unknown as readonly KubeObject[];

/** Which objects differ in the end by what is shown. */
export const changedObjects = ({ changes }: Pick<Decided, 'changes'>): readonly string[] =>
  changes.map(({ ref }) => describeRef(ref)).sort();

/** Which objects differ in the end by the steps: not those that come and go on the way. */
export function changedBySteps({ steps }: Pick<Decided, 'steps'>): readonly string[] {
  const before = new Map<string, boolean>();
  const after = new Map<string, boolean>();
  for (const change of steps.flatMap(({ changes }) => changes)) {
    const name = describeRef(change.ref);
    before.set(name, before.get(name) ?? change.before !== undefined);
    after.set(name, change.after !== undefined);
  }
  return [...after.keys()].filter((name) => before.get(name) === true || after.get(name) === true).sort();
}
