import { renderConfiguration } from './configuration/configuration.ts';
import { renderCsi } from './csi/csi.ts';
import { renderIpPools } from './ip-pools/ip-pools.ts';
import { renderKubeControllers } from './kube-controllers/kube-controllers.ts';
import { renderNamespaces } from './namespaces/namespaces.ts';
import { renderNode } from './node/node.ts';
import { renderOpenShiftNetwork } from './openshift/network.ts';
import { renderSecurityGroups } from './openshift/security-groups.ts';
import { renderTrust } from './trust/trust.ts';
import { renderTypha } from './typha/typha.ts';
import { renderWindows } from './windows/windows.ts';
import type { DesiredObject, Renderer, RenderInput } from './types.ts';

const renderers: readonly Renderer[] = [
  renderNamespaces,
  renderTrust,
  renderConfiguration,
  renderOpenShiftNetwork,
  renderIpPools,
  renderNode,
  renderCsi,
  renderTypha,
  renderKubeControllers,
  renderWindows,
  renderSecurityGroups,
];

/** Every object that an Installation asks for, in a stable order. Pure: equal input, equal output. */
export function render(input: RenderInput): readonly DesiredObject[] {
  return renderers.flatMap((renderer) => renderer(input));
}
