import type { KubeObject } from '../../api/kubernetes.ts';
import { windowsDirectories } from '../../resolve/defaults/windows.ts';
import { names } from '../shared/names.ts';
import { nodeAgent } from '../shared/node-agent.ts';
import { owned } from '../shared/objects.ts';
import type { DesiredObject, RenderInput, Stage } from '../types.ts';
import { windowsCniConfig } from './cni-config.ts';
import { windowsContainers, windowsInitContainers } from './containers.ts';
import type { WindowsInput } from './types.ts';
import { windowsVolumes } from './volumes.ts';

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
    last(
      'windows-workload',
      nodeAgent(input, {
        name: names.nodeWindows,
        os: 'windows',
        override: spec.calicoNodeWindowsDaemonSet,
        cniConfig: config,
        podSpec: {
          initContainers: windowsInitContainers(windowsInput),
          containers: windowsContainers(windowsInput),
          volumes: windowsVolumes(windowsInput),
        },
      }),
    ),
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

/** What early releases of the reference upgraded Windows nodes with; later ones remove it where Windows is on. */
export function isWindowsLeftover({
  kind,
  metadata: { name },
}: Pick<KubeObject, 'kind' | 'metadata'>): boolean {
  return (kind === 'DaemonSet' || kind === 'ServiceAccount') && name === 'calico-windows-upgrade';
}
