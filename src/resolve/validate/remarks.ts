/** Things that are accepted and yet worth a word. */
import { overlapsCidr, parseCidr } from '../cidr.ts';
import type { FieldMistake } from '../findings.ts';
import { completeEntries } from './pool-list.ts';
import { placeOf } from './pools.ts';
import type { Candidate } from './rule.ts';

/** All remarks on the spec. */
export function remarks(candidate: Candidate): readonly FieldMistake[] {
  const found = [...hostBits(candidate), ...serviceRanges(candidate)];
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
