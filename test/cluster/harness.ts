/** What tests of the whole operator share: an installed cluster to start from, what it did, and what is there. */
import type { Installation } from '../../src/api/installation.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { type ResourceType, resources } from '../../src/api/resources.ts';
import { resourcePath } from '../../src/kube/paths.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import { type AuditedRequest, type AuditMark, writeVerbs } from '../control-plane/audit-log.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { eventually, type EventuallyOptions } from '../control-plane/eventually.ts';
import type { Preparation } from '../control-plane/shared.ts';
import {
  installOperator,
  type Operator,
  operatorAccount,
  type OperatorOptions,
  startOperator,
} from './operator.ts';

/** CRDs, namespace and rights of the operator, and three nodes. */
export const operatorInstalled: Preparation = {
  snapshot: 'operator-installed',
  prepare: async (cluster) => {
    await installOperator(cluster);
    await cluster.createNodes(3);
  },
};

/** Field manager of what the Installation controller applies. */
export const installationManager = 'calico-operator/installation';

export const installationPath = '/apis/operator.tigera.io/v1/installations/default';
export const calicoNodePath = '/apis/apps/v1/namespaces/calico-system/daemonsets/calico-node';
export const poolPath = '/apis/crd.projectcalico.org/v1/ippools/default-ipv4-ippool';

/** The spec of the stock custom-resources.yaml. */
export const stockSpec = {
  calicoNetwork: {
    ipPools: [
      {
        name: 'default-ipv4-ippool',
        blockSize: 26,
        cidr: '192.168.0.0/16',
        encapsulation: 'VXLANCrossSubnet',
        natOutgoing: 'Enabled',
        nodeSelector: 'all()',
      },
    ],
  },
};

/** Starts the operator and waits until it leads. */
export async function startLeader(cluster: ControlPlane, options: OperatorOptions = {}): Promise<Operator> {
  const operator = await startOperator(cluster, options);
  await operator.ready();
  await untilLeading(operator);
  return operator;
}

/** Whether this process leads, by its metrics. */
export async function isLeading({ url }: Operator): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^leader_election_master_status\{[^}]*\} 1$/m.test(text);
}

export async function untilLeading(operator: Operator): Promise<void> {
  await eventually(() => isLeading(operator), { description: `${operator.name} to lead`, interval: 20 });
}

export function installation(spec: object = stockSpec): object {
  return { apiVersion: 'operator.tigera.io/v1', kind: 'Installation', metadata: { name: 'default' }, spec };
}

/** Applies the Installation as a user does. */
export function applyInstallation(api: ApiClient, spec: object = stockSpec): Promise<Installation> {
  return api.apply<Installation>(installationPath, installation(spec), 'user');
}

export const readInstallation = (api: ApiClient): Promise<Installation> =>
  api.get<Installation>(installationPath);

interface Conditions {
  readonly metadata: { readonly generation?: number };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/** Whether a condition is True for the latest generation. */
export function holds({ metadata, status }: Conditions, wanted: string): boolean {
  return (
    status?.conditions?.some(
      ({ type, status: value, observedGeneration }) =>
        type === wanted && value === 'True' && (observedGeneration ?? 0) >= (metadata.generation ?? 0),
    ) ?? false
  );
}

/** Waits until the Installation is Ready in its latest generation. */
export function untilReady(api: ApiClient, timeout?: number): Promise<Installation> {
  return eventually(
    async () => {
      const live = await readInstallation(api);
      if (!holds(live, 'Ready')) throw new Error(JSON.stringify(live.status?.conditions));
      return live;
    },
    { description: 'the Installation to be Ready', interval: 25, ...(timeout !== undefined && { timeout }) },
  );
}

/** Starts the operator with an Installation, up to where pods run; then at rest. */
export async function startInstalled(
  cluster: ControlPlane,
  spec: object = stockSpec,
  options: OperatorOptions = {},
): Promise<Operator> {
  const operator = await startLeader(cluster, options);
  await applyInstallation(cluster.api, spec);
  await untilReady(cluster.api);
  await untilQuiet(cluster);
  return operator;
}

/** Waits until an assertion passes. */
export async function untilPasses(assertion: () => unknown, options: EventuallyOptions = {}): Promise<void> {
  await eventually(async () => {
    await assertion();
    return true;
  }, options);
}

/** Others use this machine too: the quickest of at most three attempts, in milliseconds; one within the limit will do. */
export async function quickest(limit: number, attempt: () => Promise<number>): Promise<number> {
  let best = Infinity;
  for (let left = 3; left > 0 && best > limit; left--) best = Math.min(best, await attempt());
  return Math.round(best);
}

const operatorUser = `system:serviceaccount:${operatorAccount.namespace}:${operatorAccount.name}`;

/** What the operator asked since the mark, its Lease aside. */
export async function operatorRequests(
  { auditLog }: ControlPlane,
  mark: AuditMark,
): Promise<readonly AuditedRequest[]> {
  return (await auditLog.since(mark, { user: operatorUser })).filter(({ resource }) => resource !== 'leases');
}

const isWrite = ({ verb }: AuditedRequest): boolean => writeVerbs.some((each) => each === verb);

export async function operatorWrites(
  cluster: ControlPlane,
  mark: AuditMark,
): Promise<readonly AuditedRequest[]> {
  return (await operatorRequests(cluster, mark)).filter(isWrite);
}

/** Requests that are neither writes nor watches. */
export async function operatorReads(
  cluster: ControlPlane,
  mark: AuditMark,
): Promise<readonly AuditedRequest[]> {
  return (await operatorRequests(cluster, mark)).filter(
    (request) => !isWrite(request) && request.verb !== 'watch',
  );
}

/** A request in short, for messages. */
export const describeRequest = ({ verb, uri, code }: AuditedRequest): string =>
  `${verb} ${uri.split('?')[0] ?? ''} ${code}`;

/**
 * Waits until the operator has written nothing for a while, by default for 1.2 s, over several looks: where the machine is slow,
 * they are slow as well, and the operator gets its time.
 */
export async function untilQuiet(cluster: ControlPlane, duration = 1200): Promise<void> {
  let mark = await cluster.auditLog.mark();
  let since = performance.now();
  let looks = 0;
  await eventually(
    async () => {
      looks++;
      const writes = await operatorWrites(cluster, mark);
      if (writes.length > 0) {
        mark = await cluster.auditLog.mark();
        since = performance.now();
        looks = 0;
      }
      return looks >= Math.min(10, duration / 150) && performance.now() - since >= duration;
    },
    { description: 'the operator to write nothing more' },
  );
}

/** Kinds that the operator makes for an Installation. */
const madeKinds: readonly ResourceType[] = [
  resources.Namespace,
  resources.ServiceAccount,
  resources.ClusterRole,
  resources.ClusterRoleBinding,
  resources.Role,
  resources.RoleBinding,
  resources.ConfigMap,
  resources.Secret,
  resources.ResourceQuota,
  resources.CSIDriver,
  resources.Service,
  resources.PodDisruptionBudget,
  resources.DaemonSet,
  resources.Deployment,
  resources.IPPool,
  resources.FelixConfiguration,
  resources.BGPConfiguration,
  resources.KubeControllersConfiguration,
];

/** Every object that the Installation controller has applied, with kind and apiVersion. */
export async function madeObjects(api: ApiClient): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    madeKinds.map(async (resource) => {
      const { group, version, kind } = resource;
      const apiVersion = group === '' ? version : `${group}/${version}`;
      const items = await api.list<KubeObject>(resourcePath({ resource }));
      return items.map((item) => ({ ...item, apiVersion, kind }));
    }),
  );
  return lists
    .flat()
    .filter(({ metadata }) => metadata.managedFields?.some(({ manager }) => manager === installationManager));
}

export function pathOfMade({ kind, metadata: { name, namespace } }: KubeObject): string {
  const resource = madeKinds.find((each) => each.kind === kind);
  if (resource === undefined) throw new Error(`${kind} is not a kind that is made`);
  return resourcePath({ resource, name, namespace });
}

export const describeObject = ({ kind, metadata: { name, namespace } }: KubeObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
