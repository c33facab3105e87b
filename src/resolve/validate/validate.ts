/** All rules, in the order in which their mistakes are reported. */
import { atInstallation, type Findings } from '../findings.ts';
import { distinctPools, poolsAgainstCluster, poolsWithinPodNetworks } from './pool-list.ts';
import { poolRules } from './pools.ts';
import type { Candidate, Rule } from './rule.ts';
import { remarks } from './remarks.ts';

const rules: readonly Rule[] = [poolRules, distinctPools, poolsAgainstCluster, poolsWithinPodNetworks];

/** Every mistake and every remark. */
export function validate(candidate: Candidate): Findings {
  return {
    refusals: rules.flatMap((rule) => rule(candidate)),
    warnings: remarks(candidate).map((remark) => atInstallation(candidate.snapshot, remark)),
  };
}
