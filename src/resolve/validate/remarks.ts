/** Things that are accepted and yet worth a word. */
import { overlapsCidr, parseCidr } from '../cidr.ts';
import type { FieldMistake } from '../findings.ts';
import { encapsulationContext, encapsulationMisfit } from '../pools/encapsulation.ts';
import { completeEntries } from './pool-list.ts';
import { placeOf } from './pools.ts';
import type { Candidate } from './rule.ts';

/** All remarks on the spec. */
export function remarks(candidate: Candidate): readonly FieldMistake[] {
  const found = [...hostBits(candidate), ...serviceRanges(candidate), ...foreignPools(candidate)];
  return found.map((remark) => ({ reason: 'ConfigurationWarning', ...remark }));
}

function hostBits(candidate: Candidate): readonly FieldMistake[] {
  return completeEntries(candidate)
    .filter(({ cidr }) => cidr.hostBits)
    .map((entry) => ({
      field: `${placeOf(entry)}.cidr`,
      value: entry.given.cidr,
      problem: `it is not the first address of its range and is taken as ${entry.cidr.text}`,
      cure: `Write ${entry.cidr.text}`,
    }));
}

function serviceRanges(candidate: Candidate): readonly FieldMistake[] {
  const services = (candidate.spec.serviceCIDRs ?? []).flatMap((text) => {
    const parsed = parseCidr(text);
    return parsed.kind === 'cidr' ? [parsed.cidr] : [];
  });
  return completeEntries(candidate).flatMap((entry) =>
    services
      .filter((service) => overlapsCidr(service, entry.cidr))
      .map((service) => ({
        field: `${placeOf(entry)}.cidr`,
        value: entry.given.cidr,
        problem: `it overlaps the Service range ${service.text}, so pods could get addresses of Services`,
        cure: 'Choose a range outside of serviceCIDRs',
      })),
  );
}

/** Pools that the spec does not list are not the spec's to refuse, but pods with their addresses would be cut off, too. */
function foreignPools(candidate: Candidate): readonly FieldMistake[] {
  const { spec, existing, entries, enabledPools } = candidate;
  const context = encapsulationContext(spec.cni, spec.calicoNetwork);
  const listed = entries.flatMap(({ cidr }) => (cidr === undefined ? [] : [cidr.text]));
  const inUse = enabledPools.map(({ cidr }) => cidr).filter((cidr) => !listed.includes(cidr));
  return existing
    .filter(({ cidr }) => inUse.includes(cidr.text))
    .flatMap(({ name, cidr, encapsulation }) => {
      const kind = { family: cidr.family, loadBalancer: false, firstIpv4: false };
      const misfit = encapsulationMisfit(encapsulation, kind, context);
      return misfit === undefined
        ? []
        : [
            {
              field: 'spec.calicoNetwork',
              value: `IPPool ${name}: ${encapsulation}`,
              problem: `this pool of the cluster does not work under these settings: ${misfit.problem}`,
              cure: misfit.cure,
            },
          ];
    });
}
