/** From what the user asks for and what the cluster is to the one decision that everything else follows. */
import type { Warning } from '../api/refusal.ts';
import { chooseAppArmorProfile } from './app-armor.ts';
import { canonicalCidr } from './cidr.ts';
import { defaultAutodetection } from './defaults/autodetection.ts';
import { defaultCni } from './defaults/cni.ts';
import { defaultLogging } from './defaults/logging.ts';
import { defaultNetwork } from './defaults/network.ts';
import { defaultPlatform, defaultUpdateStrategy } from './defaults/platform.ts';
import { defaultTypha } from './defaults/typha.ts';
import { defaultWindowsNodes } from './defaults/windows.ts';
import { compact } from './fields.ts';
import { type Findings, joinFindings } from './findings.ts';
import { chooseImages } from './image-set.ts';
import { mergeOverlay } from './overlay.ts';
import { asSpec, completePools } from './pools/complete.ts';
import { listPools, poolsPath } from './pools/derive.ts';
import { enabledPools } from './pools/enabled.ts';
import { encapsulationContext } from './pools/encapsulation.ts';
import { readExistingPools } from './pools/existing.ts';
import { chooseProvider } from './provider.ts';
import { chooserFor, readRecord } from './record.ts';
import { decideTypha, typhaWarnings } from './typha/decision.ts';
import type { EffectiveSpec, Resolution, Resolved, ResolvedPool, Snapshot } from './types.ts';
import type { Candidate } from './validate/rule.ts';
import { validate } from './validate/validate.ts';
import { decideWindows } from './windows/decide.ts';

interface Draft {
  readonly candidate: Candidate;
  readonly pools: readonly ResolvedPool[];
  readonly poolsManagedElsewhere: boolean;
  readonly defaulted: readonly string[];
  readonly findings: Findings;
}

/**
 * Lays the overlay in, fills defaults, derives pools and judges the result. Pure: the same snapshot gives an equal
 * result, and nothing of it is changed. Never throws for input that the CRDs admit.
 */
export function resolve(snapshot: Snapshot): Resolution {
  const draft = draftSpec(snapshot);
  const { candidate } = draft;
  const chosen = chooseImages(snapshot, candidate.spec);
  const typha = decideTypha(candidate.spec, snapshot);
  const appArmor = chooseAppArmorProfile(snapshot);
  const findings = joinFindings(draft.findings, validate(candidate), chosen.findings, {
    refusals: appArmor.refusals,
    warnings: typhaWarnings(snapshot, typha),
  });
  const warnings: readonly Warning[] = findings.warnings;
  const resolved: Resolved = {
    spec: candidate.spec,
    defaulted: draft.defaulted,
    pools: draft.pools,
    poolsManagedElsewhere: draft.poolsManagedElsewhere,
    enabledPools: candidate.enabledPools,
    cluster: snapshot.cluster,
    images: chosen.images,
    typha,
    ...(appArmor.profile === undefined ? {} : { nodeAppArmorProfile: appArmor.profile }),
    windows: decideWindows(candidate),
    warnings,
  };
  return findings.refusals.length === 0
    ? { kind: 'resolved', resolved }
    : { kind: 'refused', refusals: findings.refusals, warnings, attempt: resolved };
}

function draftSpec(snapshot: Snapshot): Draft {
  const { cluster } = snapshot;
  const user = mergeOverlay(snapshot.installation.spec ?? {}, snapshot.overlay?.spec);
  const record = readRecord(snapshot.installation);
  const chooser = chooserFor(record);
  const { provider, findings } = chooseProvider(snapshot, user.kubernetesProvider, record, chooser);
  const cni = defaultCni(user, provider, cluster, record, chooser);
  const network = defaultNetwork(user, provider, cni.type, record, chooser);

  const existing = readExistingPools(snapshot.pools);
  const list = listPools({ user, provider, cni, cluster, existing, record });
  if (list.source !== 'user' && list.source !== 'none') chooser.note(poolsPath);
  const entries = completePools(list, encapsulationContext(cni, network), existing, record, chooser);
  const pools = entries.flatMap(({ pool }) => (pool === undefined ? [] : [pool]));
  const poolsManagedElsewhere = list.source === 'elsewhere' || list.source === 'none';
  const enabled = enabledPools(pools, poolsManagedElsewhere, existing);

  const spec = compact<EffectiveSpec>({
    ...user,
    variant: chooser.choose('variant', { given: user.variant, recorded: undefined, derived: 'Calico' }),
    kubernetesProvider: provider,
    cni,
    calicoNetwork: compact<EffectiveSpec['calicoNetwork']>({
      ...defaultAutodetection(network, provider, enabled, record, chooser),
      ipPools: list.source === 'none' ? undefined : pools.map(asSpec),
    }),
    logging: defaultLogging(user, cni.type, record, chooser),
    ...defaultPlatform(user, provider, record, chooser),
    nodeUpdateStrategy: defaultUpdateStrategy(user, record, chooser),
    typha: defaultTypha(user, record, chooser),
    windowsNodes: defaultWindowsNodes(user, provider, network.windowsDataplane === 'HNS', record, chooser),
  });
  const candidate: Candidate = {
    snapshot,
    user,
    spec,
    entries,
    poolsListed: list.source === 'user',
    poolsKnown: list.findings.refusals.length === 0,
    existing,
    enabledPools: enabled,
    podNetworks: list.podNetworks,
    acceptedRanges: (record.computed.calicoNetwork?.ipPools ?? []).map((pool) => canonicalCidr(pool.cidr)),
  };
  return {
    candidate,
    pools,
    poolsManagedElsewhere,
    defaulted: chooser.defaulted(),
    findings: joinFindings(findings, list.findings),
  };
}
