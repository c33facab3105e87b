/** All rules, in the order in which their mistakes are reported. */
import { atInstallation, type Findings } from '../findings.ts';
import { autodetectionRules } from './autodetection.ts';
import { certificateRules } from './certificates.ts';
import { cniLoggingRules, cniRules } from './cni.ts';
import { bootstrapRules, endpointRules } from './endpoint.ts';
import { generalRules } from './general.ts';
import { pullSecretRules, registryRules } from './images.ts';
import { networkRules } from './network.ts';
import { overrideRules } from './overrides/overrides.ts';
import { distinctPools, poolsAgainstCluster, poolsWithinPodNetworks } from './pool-list.ts';
import { poolNetworkRules } from './pool-network.ts';
import { poolRules } from './pools.ts';
import { proxyRules } from './proxy.ts';
import { remarks } from './remarks.ts';
import type { Candidate, Rule } from './rule.ts';
import { windowsOffRules } from './windows.ts';

const rules: readonly Rule[] = [
  generalRules,
  cniRules,
  cniLoggingRules,
  poolRules,
  distinctPools,
  poolsAgainstCluster,
  poolsWithinPodNetworks,
  poolNetworkRules,
  networkRules,
  autodetectionRules,
  windowsOffRules,
  registryRules,
  pullSecretRules,
  proxyRules,
  certificateRules,
  overrideRules,
  endpointRules,
  bootstrapRules,
];

/** Every mistake and every remark. */
export function validate(candidate: Candidate): Findings {
  return {
    refusals: rules.flatMap((rule) => rule(candidate)),
    warnings: remarks(candidate).map((remark) => atInstallation(candidate.snapshot, remark)),
  };
}
