import type { KubeObject } from '../../api/kubernetes.ts';
import type { DesiredObject, RenderInput } from '../types.ts';
import { bgpConfiguration } from './bgp.ts';
import { felixConfiguration } from './felix.ts';

const shared = (object: KubeObject): DesiredObject => ({
  object,
  stage: 'configuration',
  component: 'calico',
  ownership: 'shared',
});

/**
 * Calico's own configuration, as far as it is the operator's. KubeControllersConfiguration has no such field: the
 * program makes the object itself, and everything in it is the user's.
 */
export function renderConfiguration(input: RenderInput): readonly DesiredObject[] {
  const bgp = bgpConfiguration(input);
  return [shared(felixConfiguration(input)), ...(bgp === undefined ? [] : [shared(bgp)])];
}
