/** What is watched on OpenShift alone. */
import type { Installation } from '../../api/installation.ts';
import { mergeOverlay } from '../../resolve/overlay.ts';
import type { StaticFacts } from './facts.ts';
import type { Stores } from './stores.ts';

/** OpenShift by the user's word, by what was decided once, or by what the cluster serves. */
function isOpenShift({ spec, status }: Installation, facts: StaticFacts, overlay?: Installation): boolean {
  const given = mergeOverlay(spec ?? {}, overlay?.spec).kubernetesProvider ?? '';
  const recorded = status?.computed?.kubernetesProvider;
  const detected = facts.signs.openShiftClusterVersion === true ? 'OpenShift' : '';
  return (given === '' ? (recorded ?? detected) : given) === 'OpenShift';
}

/** Begins or ends watches of what only OpenShift has. False for the moment until those that have begun are complete. */
export function followOpenShift(
  installation: Installation,
  facts: StaticFacts,
  { aws, installations, openShiftNetwork }: Pick<Stores, 'aws' | 'installations' | 'openShiftNetwork'>,
): boolean {
  const needed = isOpenShift(installation, facts, installations.get('overlay'));
  openShiftNetwork.demand(needed);
  return aws.follow(needed) && openShiftNetwork.state !== 'syncing';
}
