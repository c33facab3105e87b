import type { ConfigMap, DaemonSet, KubeObject } from '../../api/kubernetes.ts';
import { windowsDirectories } from '../../resolve/defaults/windows.ts';
import { stableHash } from '../shared/hash.ts';
import { scrapeAnnotations } from '../shared/metadata.ts';
import { names } from '../shared/names.ts';
import { owned } from '../shared/objects.ts';
import { avoidVirtualNodes, tolerateEverything } from '../shared/pod.ts';
import { trustBundleHashes } from '../shared/trust.ts';
import { workload } from '../shared/workload.ts';
import type { DesiredObject, RenderInput, Stage } from '../types.ts';
import { windowsCniConfig } from './cni-config.ts';
import { windowsContainers, windowsInitContainers } from './containers.ts';
import type { WindowsInput } from './types.ts';
import { windowsVolumes } from './volumes.ts';

/** The DaemonSet that networks every Windows node; account, tolerations and update strategy are those of calico-node. */
function windowsDaemonSet(windowsInput: WindowsInput, cniConfig: ConfigMap | undefined): DaemonSet {
  const { input } = windowsInput;
  const { spec } = input.resolved;
  const affinity = avoidVirtualNodes(spec.kubernetesProvider);
  const { metadata, spec: common } = workload(input, {
    name: names.nodeWindows,
    os: 'windows',
    podAnnotations: {
      ...trustBundleHashes(input, 'node'),
      ...(cniConfig === undefined
        ? {}
        : { 'hash.operator.tigera.io/cni-config': stableHash(cniConfig.data) }),
      ...scrapeAnnotations(spec.nodeMetricsPort),
    },
    override: spec.calicoNodeWindowsDaemonSet,
    podSpec: {
      hostNetwork: true,
      serviceAccountName: names.node,
      priorityClassName: 'system-node-critical',
      terminationGracePeriodSeconds: 5,
      dnsPolicy: 'Default',
      tolerations: tolerateEverything,
      ...(affinity === undefined ? {} : { affinity }),
      initContainers: windowsInitContainers(windowsInput),
      containers: windowsContainers(windowsInput),
      volumes: windowsVolumes(windowsInput),
    },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: { ...common, updateStrategy: spec.nodeUpdateStrategy },
  };
}

/** Calico on Windows nodes; nothing unless it is decided that they can run it. Account and rights are calico-node's. */
export function renderWindows(input: RenderInput): readonly DesiredObject[] {
  const { spec, windows } = input.resolved;
  if (windows.kind !== 'on') return [];
  const nodes = { ...windowsDirectories(spec.kubernetesProvider), ...spec.windowsNodes };
  const windowsInput: WindowsInput = { input, windows, nodes };
  const config = windowsCniConfig(windowsInput);
  const last = (stage: Stage, object: KubeObject): DesiredObject =>
    owned(stage, object, { teardown: 'last', component: 'calico-windows' });
  return [
    ...(config === undefined ? [] : [last('windows-configuration', config)]),
    last('windows-workload', windowsDaemonSet(windowsInput, config)),
  ];
}

/** True for what `renderWindows` makes, of whatever release. */
export function isWindowsObject({
  kind,
  metadata: { name },
}: Pick<KubeObject, 'kind' | 'metadata'>): boolean {
  return (
    (kind === 'DaemonSet' && name === names.nodeWindows) ||
    (kind === 'ConfigMap' && name === names.cniConfigWindows)
  );
}
