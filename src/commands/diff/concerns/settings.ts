/** Settings of Felix, confd and the start of calico-node that users' pods notice, wherever they are set. Pure. */
import type { DaemonSet, KubeObject } from '../../../api/kubernetes.ts';
import { describeRef } from '../../../apply/refs.ts';
import { names } from '../../../render/shared/names.ts';
import { showValue } from '../../../resolve/findings.ts';
import type { Change, Concern } from '../types.ts';

/** One setting. */
interface Setting {
  readonly topic: string;
  readonly severity?: Concern['severity'];
  readonly because: string;
  /** It means nothing where one of the two values is missing. */
  readonly onlyBetweenValues?: true;
}

const dataPlane: Setting = {
  topic: 'data plane',
  because:
    'each node takes its packet rules down and sets up others: connections, above all those through Services, may break there',
};
const vxlan: Setting = {
  topic: 'VXLAN',
  because:
    'nodes that have the new value and nodes that have the former one cannot read each other’s packets until all of them have it',
};
const routing: Setting = {
  topic: 'routing',
  because:
    'routes to the pods of other nodes are taken down by one program and set by another: packets between nodes get lost meanwhile',
};
const tables: Setting = {
  topic: 'routing tables',
  severity: 'note',
  because: 'Felix moves the routes of its own tables, which WireGuard uses, to tables with other numbers',
};

/** Fields below `spec`, by kind. Felix takes its configuration up by itself, on all nodes at about the same time. */
const fields: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  FelixConfiguration: {
    bpfEnabled: dataPlane,
    nftablesMode: dataPlane,
    vxlanVNI: vxlan,
    vxlanPort: vxlan,
    programClusterRoutes: routing,
    routeTableRange: tables,
  },
  BGPConfiguration: { programClusterRoutes: routing },
};

/** What a change of Calico's own configuration means. */
export function configurationConcerns({ ref, action, before, after }: Change): readonly Concern[] {
  if (action !== 'update') return [];
  const [old, next] = [before, after].map(
    (object) => (object as { readonly spec?: Readonly<Record<string, unknown>> } | undefined)?.spec ?? {},
  );
  return Object.entries(fields[ref.resource.kind] ?? {}).flatMap(([field, setting]) => {
    const [from, to] = [old?.[field], next?.[field]].map((value) =>
      value === undefined ? undefined : showValue(value),
    );
    // What was never set is given the value that the program has without it.
    return from === undefined || from === to
      ? []
      : [concernOf(setting, { object: describeRef(ref), field: `spec.${field}` }, from, to)];
  });
}

const policy = (about: string, because: string): Setting => ({ topic: `policy: ${about}`, because });
const address = (family: 'V4' | 'V6'): Setting => ({
  topic: `node address ${family}`,
  onlyBetweenValues: true,
  because:
    "each node looks for its address anew when its calico-node restarts: where it finds another one, the node's tunnels, routes and BGP sessions are made again",
});
const allowed = policy(
  'what is allowed',
  'packets that policy allows are passed on to the rules of other programs, or not any more, as nodes follow one by one',
);
const failsafe = policy(
  'fail-safe ports',
  'other ports of the nodes stay open whatever policies for hosts say',
);
const encryption: Setting = {
  topic: 'encryption',
  because:
    'nodes that encrypt and nodes that do not may drop each other’s packets until calico-node has followed on all of them',
};
const typhaName: Setting = {
  topic: 'name of Typha',
  // It comes and goes with Typha itself.
  onlyBetweenValues: true,
  because:
    'calico-node that was not replaced yet expects the former name in the certificate of Typha, and gets no news of policies and pods from one with the new name',
};
const tunnelMtu: Setting = {
  topic: 'MTU',
  because: 'tunnels take another MTU node by node: large packets between nodes may get lost meanwhile',
};

/** Variables of container calico-node: Felix lets them win over its configuration, and an override may set any. */
const variables: Readonly<Record<string, Setting>> = {
  CALICO_NETWORKING_BACKEND: {
    topic: 'BGP',
    because:
      'another program sets the routes to pods of other nodes, node by node: packets between nodes get lost meanwhile',
  },
  FELIX_BPFENABLED: dataPlane,
  FELIX_CHAININSERTMODE: allowed,
  FELIX_DEFAULTENDPOINTTOHOSTACTION: policy(
    'from pods to their node',
    'connections of pods to their own node that no policy decides on are treated in another way',
  ),
  FELIX_FAILSAFEINBOUNDHOSTPORTS: failsafe,
  FELIX_FAILSAFEOUTBOUNDHOSTPORTS: failsafe,
  FELIX_INTERFACEPREFIX: policy(
    'interfaces of pods',
    'Felix enforces policies at interfaces with the new prefix alone: pods with others are left without, or without network',
  ),
  FELIX_IPINIPMTU: tunnelMtu,
  FELIX_IPTABLESFILTERALLOWACTION: allowed,
  FELIX_IPTABLESMANGLEALLOWACTION: allowed,
  FELIX_NFTABLESMODE: dataPlane,
  FELIX_ROUTESOURCE: routing,
  FELIX_TYPHACN: typhaName,
  FELIX_TYPHAURISAN: typhaName,
  FELIX_VXLANMTU: tunnelMtu,
  FELIX_VXLANPORT: vxlan,
  FELIX_VXLANVNI: vxlan,
  FELIX_WIREGUARDENABLED: encryption,
  FELIX_WIREGUARDENABLEDV6: encryption,
  FELIX_WIREGUARDHOSTENCRYPTIONENABLED: encryption,
  FELIX_WIREGUARDMTU: tunnelMtu,
  IP6_AUTODETECTION_METHOD: address('V6'),
  IP_AUTODETECTION_METHOD: address('V4'),
};

/** What a change of calico-node's environment means, whoever caused it. */
export function environmentConcerns({ ref, before, after }: Change): readonly Concern[] {
  const [old, next] = [environmentOf(before), environmentOf(after)];
  return Object.entries(variables).flatMap(([name, setting]) => {
    const [from, to] = [old.get(name), next.get(name)];
    const isMissing = from === undefined || to === undefined;
    if (from === to || (isMissing && setting.onlyBetweenValues === true)) return [];
    return [concernOf(setting, { object: describeRef(ref), field: `env ${name}` }, from, to)];
  });
}

function environmentOf(object: KubeObject | undefined): ReadonlyMap<string, string> {
  const containers = (object as DaemonSet | undefined)?.spec?.template.spec?.containers ?? [];
  const env = containers.find(({ name }) => name === names.node)?.env ?? [];
  return new Map(env.map(({ name, value = '' }) => [name, value]));
}

function concernOf(
  { severity = 'disruptive', topic, because }: Setting,
  place: Pick<Concern, 'object' | 'field'>,
  from: string | undefined,
  to: string | undefined,
): Concern {
  const values = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return { severity, topic, ...place, ...values, because };
}
