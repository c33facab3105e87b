/** From what is known of a cluster to what a person or a program is told. Pure. */
import type { InstallationStatus } from '../../api/installation.ts';
import type { TigeraStatus } from '../../api/tigera-status.ts';
import type { PodFacts } from '../../controllers/installation/pods.ts';
import { readExistingPools } from '../../resolve/pools/existing.ts';
import { calicoVersion } from '../../resolve/versions.ts';
import { podTrouble } from '../../status/pods.ts';
import { type ObservedWorkload, rolloutFacts } from '../../status/rollout.ts';
import type { StatusFacts } from './facts.ts';
import { installationCrd, type Overall, overallOf, type ShownCondition, showConditions } from './state.ts';

/** A workload of Calico's. */
export interface ShownComponent {
  readonly name: string;
  readonly kind: string;
  readonly ready: number;
  readonly desired: number;
  /** Pods of the latest template. */
  readonly updated: number;
}

/** A pod that is not as it should be. */
export interface ShownTrouble {
  /** Absent while the pod has no node. */
  readonly node?: string;
  readonly component: string;
  readonly pod: string;
  readonly severity: 'starting' | 'failing';
  /** Names the container and its reason. */
  readonly text: string;
}

/** An IP pool, whoever made it. */
export interface ShownPool {
  readonly name: string;
  readonly cidr: string;
  readonly encapsulation: string;
  readonly natOutgoing: boolean;
  readonly blockSize: number;
  readonly disabled: boolean;
}

/** Everything that `status` shows; `-o json` prints it as it is. */
export interface StatusReport extends Overall {
  readonly conditions: readonly ShownCondition[];
  readonly components: readonly ShownComponent[];
  readonly troubles: readonly ShownTrouble[];
  readonly pools: readonly ShownPool[];
  readonly tigeraStatuses: readonly {
    readonly name: string;
    readonly conditions: readonly ShownCondition[];
  }[];
  readonly versions: {
    /** Of the Calico that runs; absent before it first was available. */
    readonly calico?: string;
    /** Of this program, and of the Calico that it would install. */
    readonly program: string;
    readonly programCalico: string;
    readonly kubernetes: string;
  };
  readonly server: string;
  /** What the spec changes of the workloads. */
  readonly customised: NonNullable<InstallationStatus['customised']>;
  readonly warnings: readonly string[];
}

/**
 * Sums up one look at a cluster.
 * @param now milliseconds since the epoch
 * @param program version of this program
 */
export function reportStatus(facts: StatusFacts, now: number, program: string): StatusReport {
  const { installations, statuses, pools, workloads, server, kubernetesVersion } = facts;
  const installation = installations.find(({ metadata }) => metadata.name === 'default');
  const running = installation?.status?.calicoVersion;
  return {
    ...overallOf(facts),
    conditions: showConditions(installation?.status?.conditions ?? []),
    components: workloads.map((workload) => showComponent(workload as ObservedWorkload, now)),
    troubles: troublesOf(facts.pods, now),
    pools: readExistingPools(pools).map(({ name, cidr, encapsulation, blockSize, asSpec }) => ({
      name,
      cidr: cidr.text,
      encapsulation,
      natOutgoing: asSpec.natOutgoing === 'Enabled',
      blockSize,
      disabled: asSpec.disableNewAllocations === true,
    })),
    tigeraStatuses: statuses.map((status: TigeraStatus) => ({
      name: status.metadata.name,
      conditions: showConditions(status.status?.conditions ?? []),
    })),
    versions: {
      ...(running === undefined ? {} : { calico: running }),
      program,
      programCalico: calicoVersion,
      kubernetes: kubernetesVersion,
    },
    server,
    customised: installation?.status?.customised ?? [],
    warnings: warningsOf(facts),
  };
}

function showComponent(workload: ObservedWorkload, now: number): ShownComponent {
  const { desired, available } = rolloutFacts({ workload, pods: [], now });
  const { kind, metadata, status = {} } = workload;
  const updated = (kind === 'DaemonSet' ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  return { name: metadata.name, kind, ready: available, desired, updated };
}

function troublesOf(pods: readonly PodFacts[], now: number): readonly ShownTrouble[] {
  const troubles = pods.flatMap(({ app, name, node, observed }): readonly ShownTrouble[] => {
    const trouble = observed === undefined ? undefined : podTrouble(observed, now);
    if (trouble === undefined) return [];
    const { severity, text } = trouble;
    const component = app === '' ? name : app;
    return [{ ...(node === undefined ? {} : { node }), component, pod: name, severity, text }];
  });
  // The gravest first; then by node.
  const key = ({ severity, node = '', pod }: ShownTrouble) =>
    `${severity === 'failing' ? 0 : 1} ${node} ${pod}`;
  return troubles.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function warningsOf({ installations, unreadable }: StatusFacts): readonly string[] {
  // Without the operator's own CRD all are missing, and for one and the same cause.
  const told = unreadable.some(({ resource }) => resource === installationCrd) ? [] : unreadable;
  const ignored = installations.filter(({ metadata: { name } }) => name !== 'default' && name !== 'overlay');
  return [
    ...ignored.map(
      ({ metadata: { name } }) =>
        `Installation ${name}: only those named default and overlay are acted on. Delete it, or rename it.`,
    ),
    ...told.map(({ resource, state }) =>
      state === 'missing'
        ? `${resource}: the CustomResourceDefinition is not installed. Apply the CRDs of this release.`
        : `${resource}: you may not list or watch it, so nothing of it is shown. Ask for the permission.`,
    ),
  ];
}
