/** Whether Calico can run on the cluster's Windows nodes. What it lacks stops only them, so it is no part of `validate`. */
import type { Refusal, Warning } from '../../api/refusal.ts';
import { parseCidr } from '../cidr.ts';
import { atInstallation } from '../findings.ts';
import { missingImages } from '../image-set.ts';
import type { WindowsDecision } from '../types.ts';
import type { Candidate } from '../validate/rule.ts';
import { imageSetName, windowsImages } from '../versions.ts';
import { certificateMistakes, directoryMistakes, endpointMistakes, serviceRangeMistakes } from './inputs.ts';
import { dnsMistakes, ipamMistakes } from './cluster.ts';
import { windowsNeeds } from './needs.ts';
import { poolMistakes, windowsWarnings } from './network.ts';

/** The decision about Windows nodes of a spec that is otherwise accepted. All mistakes at once, in stable order. */
export function decideWindows(candidate: Candidate): WindowsDecision {
  const { spec, snapshot } = candidate;
  if (spec.calicoNetwork.windowsDataplane !== 'HNS') return { kind: 'off' };
  const needs = windowsNeeds(spec);
  const facts = snapshot.cluster.windows;
  if (facts === undefined && (needs.ipam || needs.dns !== undefined)) return { kind: 'waiting' };
  const refusals: readonly Refusal[] = [
    ...endpointMistakes(snapshot),
    ...serviceRangeMistakes(candidate),
    ...poolMistakes(candidate),
    ...directoryMistakes(candidate),
    ...certificateMistakes(candidate),
    ...imageMistakes(candidate),
    ...(facts === undefined ? [] : [...ipamMistakes(needs, facts), ...dnsMistakes(needs, facts)]),
  ];
  const warnings: readonly Warning[] = windowsWarnings(candidate).map((remark) =>
    atInstallation(snapshot, { reason: 'ConfigurationWarning', ...remark }),
  );
  if (refusals.length > 0) return { kind: 'refused', refusals, warnings };
  return {
    kind: 'on',
    dnsServers: (facts?.dnsServers ?? []).filter((address) => !address.includes(':')),
    serviceCidrs: ipv4Ranges(spec.serviceCIDRs),
    warnings,
  };
}

/** Linux does without these images, so an ImageSet need not name them where there is no Windows. */
function imageMistakes({ snapshot }: Candidate): readonly Refusal[] {
  const imageSet = snapshot.imageSets.find(({ metadata }) => metadata.name === imageSetName);
  return imageSet === undefined ? [] : missingImages(Object.values(windowsImages), imageSet);
}

/** Pods on Windows have IPv4 addresses only. */
function ipv4Ranges(texts: readonly string[] = []): readonly string[] {
  return texts.flatMap((text) => {
    const parsed = parseCidr(text);
    return parsed.kind === 'cidr' && parsed.cidr.family === 4 ? [parsed.cidr.text] : [];
  });
}
