/** The rule of Windows where it is off; what it needs where it is on is judged apart (`../windows/decide.ts`). */
import { windowsDirectories } from '../defaults/windows.ts';
import { refuse, type Rule } from './rule.ts';

/**
 * Nothing is said of Windows nodes where there are none. An earlier operator wrote its defaults into the spec: these may
 * stay when Windows is switched off.
 */
export const windowsOffRules: Rule = (candidate) => {
  const { spec, user } = candidate;
  if (spec.calicoNetwork.windowsDataplane === 'HNS' || user.windowsNodes === undefined) return [];
  const defaults: Readonly<Record<string, string>> = windowsDirectories(spec.kubernetesProvider);
  const differs = Object.entries(user.windowsNodes).some(([field, value]) => defaults[field] !== value);
  if (!differs) return [];
  return refuse(candidate, {
    field: 'spec.windowsNodes',
    value: user.windowsNodes,
    problem: 'Windows is not switched on',
    cure: 'Leave it out, or set calicoNetwork.windowsDataplane to HNS',
  });
};
