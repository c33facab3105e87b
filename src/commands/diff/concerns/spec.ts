/** What a change of the effective spec does to the users' pods, beyond restarts of Calico's own. Pure. */
import type { InstallationSpec } from '../../../api/installation.ts';
import type { FieldPath } from '../../../api/refusal.ts';
import { stableJson } from '../../../render/shared/hash.ts';
import { calicoNamespace, names } from '../../../render/shared/names.ts';
import { showValue } from '../../../resolve/findings.ts';
import type { EffectiveSpec } from '../../../resolve/types.ts';
import type { Concern } from '../types.ts';

/** One field to look at. */
interface Rule {
  readonly topic: string;
  /** Below `spec`. */
  readonly field: FieldPath;
  /** What an absent value means. */
  readonly absent?: unknown;
  /** Undefined where the change harms nobody. */
  readonly judge: (from: unknown, to: unknown) => Pick<Concern, 'severity' | 'because'> | undefined;
}

const disruptive = (because: string) => ({ severity: 'disruptive', because }) as const;
const note = (because: string) => ({ severity: 'note', because }) as const;
const always = (because: string) => () => disruptive(because);
const onlyNew = () =>
  note('it takes effect in pods that start from then on; running ones keep what they have');

const rules: readonly Rule[] = [
  {
    topic: 'data plane',
    field: 'calicoNetwork.linuxDataplane',
    absent: 'Iptables',
    judge: always(
      'each node takes its packet rules down and sets up others: connections, above all those through Services, may break there, and until all nodes are done both kinds run side by side',
    ),
  },
  {
    topic: 'BGP',
    field: 'calicoNetwork.bgp',
    judge: (from, to) =>
      to === 'Disabled'
        ? disruptive(
            'BGP sessions end and their routes are withdrawn: pods of pools with IPIP or without encapsulation are cut off from other nodes, and every peer outside of the cluster loses its routes to pods',
          )
        : from === undefined
          ? undefined
          : note('nodes open BGP sessions with each other: TCP port 179 has to be open between them'),
  },
  {
    topic: 'routing',
    field: 'calicoNetwork.clusterRoutingMode',
    absent: 'BIRD',
    judge: always(
      'routes to the pods of other nodes are taken down by one program and set by another, node by node: packets between nodes get lost meanwhile',
    ),
  },
  {
    topic: 'MTU',
    field: 'calicoNetwork.mtu',
    absent: 0,
    judge: (_, to) =>
      disruptive(
        `running pods keep the MTU they started with, tunnels and new pods take ${to === 0 ? 'the one that is found out on each node' : 'the new one'}: until all pods are started again, large packets between the two may get lost`,
      ),
  },
  ...(['V4', 'V6'] as const).map(
    (family): Rule => ({
      topic: `node address ${family}`,
      field: `calicoNetwork.nodeAddressAutodetection${family}`,
      judge: always(
        "each node looks for its address anew when its calico-node restarts: where it finds another one, the node's tunnels, routes and BGP sessions are made again, and its pods are cut off from other nodes meanwhile",
      ),
    }),
  ),
  {
    topic: 'CNI plugin',
    field: 'cni.type',
    judge: always(
      'running pods keep the interface and the address of the plugin that started them, and new ones cannot reach them until every pod of the cluster is started again',
    ),
  },
  {
    topic: 'IPAM',
    field: 'cni.ipam.type',
    judge: always(
      'running pods keep addresses that the new IPAM plugin knows nothing of and may give to others: every pod of the cluster has to be started again',
    ),
  },
  ...(['binDir', 'confDir'] as const).map(
    (directory): Rule => ({
      topic: `CNI ${directory}`,
      field: `cni.${directory}`,
      judge: always(
        'no pod starts on a node whose container runtime does not look there, and what lies in the former directory stays',
      ),
    }),
  ),
  {
    topic: 'host ports',
    field: 'calicoNetwork.hostPorts',
    absent: 'Enabled',
    judge: (_, to) =>
      to === 'Disabled'
        ? disruptive('pods that start from then on are not reachable at their hostPort')
        : onlyNew(),
  },
  { topic: 'sysctl', field: 'calicoNetwork.sysctl', judge: onlyNew },
  {
    topic: 'IP forwarding',
    field: 'calicoNetwork.containerIPForwarding',
    absent: 'Disabled',
    judge: onlyNew,
  },
  {
    topic: 'Windows',
    field: 'calicoNetwork.windowsDataplane',
    absent: 'Disabled',
    judge: (_, to) =>
      to === 'Disabled'
        ? disruptive('Windows nodes lose their network plugin: no pod starts there any more')
        : undefined,
  },
  {
    topic: 'certificates',
    field: 'certificateManagement.signerName',
    judge: (_, to) =>
      disruptive(
        to === undefined
          ? 'certificates come from the authority of the operator again: until every pod of Calico is replaced, calico-node and Typha may refuse each other, and nodes get no news of policies and pods'
          : `no pod of Calico becomes ready before signer ${showValue(to)} has signed its request, and until all are replaced, calico-node and Typha may refuse each other: nodes get no news of policies and pods meanwhile`,
      ),
  },
];

/** Which object carries a change of these fields to the nodes. */
const carrier = `DaemonSet ${calicoNamespace}/${names.node}`;

/**
 * What changes between two effective specs.
 * @param before what was carried out last; undefined on the first run, when nothing can be hurt yet
 */
export function specConcerns(before: InstallationSpec | undefined, after: EffectiveSpec): readonly Concern[] {
  if (before === undefined) return [];
  return rules.flatMap(({ topic, field, absent, judge }) => {
    const [from, to] = [valueAt(before, field) ?? absent, valueAt(after, field) ?? absent];
    if (stableJson(from ?? null) === stableJson(to ?? null)) return [];
    const verdict = judge(from, to);
    if (verdict === undefined) return [];
    const values = {
      ...(from === undefined ? {} : { from: showValue(from) }),
      ...(to === undefined ? {} : { to: showValue(to) }),
    };
    return [{ ...verdict, topic, object: carrier, field: `Installation spec.${field}`, ...values }];
  });
}

function valueAt(spec: object, field: FieldPath): unknown {
  let value: unknown = spec;
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value === null ? undefined : value;
}
