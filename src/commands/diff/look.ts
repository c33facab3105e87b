/** One look at everything that a decision of the operator depends on. Reads only, and only what matters. */
import type { Service } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import { createListing } from '../../cache/listing.ts';
import { readFacts, type StaticFacts } from '../../controllers/installation/facts.ts';
import { followOptional } from '../../controllers/installation/data-plane.ts';
import { liveWorkloads } from '../../controllers/installation/live.ts';
import { followOpenShift } from '../../controllers/installation/openshift.ts';
import { followReferences } from '../../controllers/installation/references.ts';
import { scopeOf } from '../../controllers/installation/scope.ts';
import { type Stores, watchEverything } from '../../controllers/installation/stores.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import { resourceName } from '../../kube/request.ts';
import type { KubeClient, ObjectRef, Selection } from '../../kube/types.ts';
import { calicoNamespace } from '../../render/shared/names.ts';
import type { Endpoint } from './place.ts';

/** What was seen. */
export interface Look {
  readonly stores: Stores;
  readonly facts: StaticFacts;
  /** Where pods find the API server: Service `kubernetes`. */
  readonly kubernetesService?: Endpoint;
  /** What may not be read, as `list secrets in namespace calico-system`. */
  readonly forbidden: readonly string[];
  /** CustomResourceDefinitions that are not installed, as `ippools.crd.projectcalico.org`. */
  readonly missing: readonly string[];
}

const isOfPods = ({ resource }: Selection): boolean => resource === resources.Pod;

/**
 * Reads the same objects as the operator watches. Throws what the API server answers, but for 403 and 404.
 * @param lay puts over the stores what shall count as applied, before it is known what else has to be read
 */
export async function lookAt(
  client: KubeClient,
  operatorNamespace: string,
  lay: (stores: Stores) => void = () => undefined,
): Promise<Look> {
  const listing = createListing();
  const stores = watchEverything(listing, operatorNamespace);
  const denied: string[] = [];
  const telling: Pick<KubeClient, 'get' | 'getPath'> = {
    getPath: (path, options) => client.getPath(path, options),
    get: async (ref, options) => {
      try {
        return await client.get(ref, options);
      } catch (error) {
        if (isForbidden(error)) denied.push(`get ${describe(ref)} named ${ref.name}`);
        throw error;
      }
    },
  };
  const fill = (wanted: (selection: Selection) => boolean = (selection) => !isOfPods(selection)) =>
    listing.fill(client, wanted);
  const [, facts, service] = await Promise.all([
    fill(),
    readFacts(telling, new AbortController().signal),
    findService(telling),
  ]);
  lay(stores);
  followReferences(stores);
  followOptional(stores);
  followMore(stores, facts);
  // Pods tell how things fare, which no decision goes by; but without a DaemonSet, whether calico-node runs all the same.
  const unlisted = await fill(liveWorkloads(stores).node === undefined ? () => true : undefined);
  const kubernetesService = endpointOf(service);
  const inState = (wanted: 'missing' | 'forbidden'): readonly Selection[] =>
    unlisted.flatMap(({ selection, state }) =>
      state === wanted && !isNowhere(selection, stores) ? [selection] : [],
    );
  return {
    stores,
    facts,
    ...(kubernetesService === undefined ? {} : { kubernetesService }),
    forbidden: [
      ...new Set([
        ...inState('forbidden').map((selection) => `list ${describe(selection)}`),
        ...denied.sort(),
      ]),
    ],
    missing: [...new Set(inState('missing').map(({ resource }) => resourceName(resource)))],
  };
}

/** What only some platforms have. Which facts of Windows count follows from the decision, which is not made here. */
function followMore(stores: Stores, facts: StaticFacts): void {
  const installation = stores.installations.get('default');
  if (installation === undefined) return;
  followOpenShift(installation, facts, stores);
  if (stores.openShiftNetwork.state === 'syncing') stores.aws.demandAll();
  if (scopeOf(installation, stores).windows) stores.windows.demandAll();
}

/** Calico's namespace is not there yet: then nothing is in it, and nobody can have been given rights there. */
function isNowhere({ namespace }: Selection, stores: Stores): boolean {
  const ref = { resource: resources.Namespace, name: calicoNamespace };
  return (
    namespace === calicoNamespace && stores.storeOf(ref)?.synced === true && stores.live(ref) === undefined
  );
}

function describe({ resource, namespace }: Selection | ObjectRef): string {
  return `${resourceName(resource)}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
}

async function findService(client: Pick<KubeClient, 'get'>): Promise<Service | undefined> {
  try {
    const ref = { resource: resources.Service, namespace: 'default', name: 'kubernetes' };
    return (await client.get(ref)) as Service;
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return undefined;
    throw error;
  }
}

function endpointOf(service: Service | undefined): Endpoint | undefined {
  const { clusterIP, ports = [] } = service?.spec ?? {};
  const port = ports.find(({ name }) => name === 'https') ?? ports[0];
  return clusterIP === undefined || port === undefined
    ? undefined
    : { host: clusterIP, port: String(port.port) };
}
