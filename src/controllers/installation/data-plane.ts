/** Where the data plane and kube-proxy stand, from what is watched. */
import type { InstallationSpec } from '../../api/installation.ts';
import { reasons } from '../../api/conditions.ts';
import type { Store } from '../../cache/types.ts';
import { resourceName } from '../../kube/request.ts';
import type { DataPlanePhase } from '../../render/types.ts';
import { apiServerAddresses } from '../../resolve/api-server.ts';
import { mergeOverlay } from '../../resolve/overlay.ts';
import type { ApiServerAddresses, Resolved } from '../../resolve/types.ts';
import type { Cause } from '../../status/types.ts';
import { bpfPhase } from './bpf-phase.ts';
import { decideKubeProxy, isSwitchedOff, type KubeProxyDecision } from './kube-proxy/decide.ts';
import { kubeProxyRef } from './kube-proxy/change.ts';
import { isReachable, kubeProxyDemand } from './kube-proxy/demand.ts';
import { liveWorkloads } from './live.ts';
import { recordedAddresses } from './recorded-addresses.ts';
import { kubeProxyComponent } from './report.ts';
import type { OptionalStores, Stores } from './stores.ts';

/** Which of the optional stores are needed. */
export type OptionalNeeds = Readonly<Record<keyof OptionalStores, boolean>>;

/**
 * What the spec makes the operator watch beyond the usual.
 * @param monitored TigeraStatus kubeproxy-monitor exists: kube-proxy may have to be given back
 */
export function optionalNeeds({ calicoNetwork }: InstallationSpec, monitored: boolean): OptionalNeeds {
  const isBpf = calicoNetwork?.linuxDataplane === 'BPF';
  const bootstraps = isBpf && calicoNetwork.bpfNetworkBootstrap === 'Enabled';
  const managed = calicoNetwork?.kubeProxyManagement === 'Enabled';
  return {
    apiServerService: bootstraps || (isBpf && managed),
    apiServerEndpoints: bootstraps,
    kubeProxy: managed || monitored,
  };
}

/** Begins and ends watches so that they are as needed. */
export function followOptional(stores: Stores): void {
  const { installations, optional } = stores;
  const [base, overlay] = ['default', 'overlay'].map((name) => installations.get(name)?.spec);
  const needs = optionalNeeds(mergeOverlay(base ?? {}, overlay), isMonitored(stores));
  optional.apiServerService.demand(needs.apiServerService);
  optional.apiServerEndpoints.demand(needs.apiServerEndpoints);
  optional.kubeProxy.demand(needs.kubeProxy);
}

/** TigeraStatus kubeproxy-monitor is there: made before kube-proxy is changed, and removed after it is given back. */
export function isMonitored({ statuses }: Pick<Stores, 'statuses'>): boolean {
  return statuses.get(kubeProxyComponent) !== undefined;
}

/** Whether what is needed is known: `syncing` for a moment, `causes` while the operator may not read it. */
export function optionalState(optional: OptionalStores): 'ready' | 'syncing' | readonly Cause[] {
  const stores: readonly Store<unknown>[] = Object.values(optional);
  const forbidden = stores.filter(({ state }) => state === 'forbidden');
  if (forbidden.length > 0) {
    return forbidden.map(({ selection: { resource, namespace } }) => ({
      reason: reasons.PermissionDenied,
      message: `The operator may not watch ${resourceName(resource)} in namespace ${namespace ?? ''}. Apply the ClusterRole of this release.`,
    }));
  }
  return stores.some(({ state }) => state === 'syncing') ? 'syncing' : 'ready';
}

/** What calico-node is to be told of the API server; undefined while nothing is known of it. */
export function followedApiServer(stores: Stores): ApiServerAddresses | undefined {
  const { apiServerService, apiServerEndpoints } = stores.optional;
  const service = apiServerService.get('kubernetes', 'default');
  const recorded = recordedAddresses(liveWorkloads(stores).node);
  return apiServerAddresses({
    slices: apiServerEndpoints.list(),
    ...(service === undefined ? {} : { service }),
    ...(recorded === undefined ? {} : { recorded }),
  });
}

/** What a pass has to know of the data plane. */
export interface DataPlaneSurvey {
  readonly phase: DataPlanePhase;
  /** For the status of Calico. */
  readonly waiting: readonly Cause[];
  /** Absent while kube-proxy is not the operator's to change. */
  readonly kubeProxy?: KubeProxyDecision;
}

/**
 * Looks at everything that the hand-over between kube-proxy and BPF depends on.
 * @param now milliseconds since the epoch
 */
export function surveyDataPlane(resolved: Resolved, stores: Stores, now: number): DataPlaneSurvey {
  const { calicoNetwork } = resolved.spec;
  const wantsBpf = calicoNetwork.linuxDataplane === 'BPF';
  const managed = calicoNetwork.kubeProxyManagement === 'Enabled';
  const felix = stores.felix.get('default');
  const { node } = liveWorkloads(stores);
  const live = { ...(felix === undefined ? {} : { felix }), ...(node === undefined ? {} : { node }) };
  const daemonSet = stores.optional.kubeProxy.get(kubeProxyRef.name, kubeProxyRef.namespace);
  const isOff = isSwitchedOff(daemonSet);
  const reachable = isReachable(resolved, stores.optional.apiServerService.get('kubernetes', 'default'));
  const kubeProxy =
    managed || isMonitored(stores)
      ? decideKubeProxy({
          managed,
          leaves: managed && wantsBpf && reachable,
          heldOn: !wantsBpf && felix?.spec?.bpfEnabled === true,
          demand: kubeProxyDemand({ managed, wantsBpf, reachable, isOff, now, ...live }),
          ...(daemonSet === undefined ? {} : { daemonSet }),
        })
      : undefined;
  const nodePods = stores.pods.list().filter(({ app }) => app === 'calico-node').length;
  const { phase, waiting } = bpfPhase({
    wanted: wantsBpf,
    nodePods,
    kubeProxyAway: kubeProxy?.away ?? false,
    ...live,
  });
  return {
    phase,
    waiting: waiting === undefined ? [] : [{ reason: reasons.ResourceNotReady, message: waiting }],
    ...(kubeProxy === undefined ? {} : { kubeProxy }),
  };
}
