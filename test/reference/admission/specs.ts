/** The specs of the recorded runs of the reference operator, by the name of the recording. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = join(import.meta.dirname, '../specs');

export interface RecordedSpec {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

export const recordedSpecs: readonly RecordedSpec[] = readdirSync(directory)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({
    name: file.slice(0, -'.json'.length),
    spec: JSON.parse(readFileSync(join(directory, file), 'utf8')) as RecordedSpec['spec'],
  }));

/**
 * The specs that the reference operator left in the cluster, with its defaults written in: what clusters hold that
 * change over. Recordings that left the same are there once.
 */
export const storedSpecs = JSON.parse(
  readFileSync(join(import.meta.dirname, '../stored-specs.json'), 'utf8'),
) as readonly RecordedSpec[];

/**
 * Recordings that are refused at admission now. The reference stored them all: six it refused when reconciling, and
 * overlapping pools it let pass. The other recordings named `bad-` depend on the cluster, or are not bad.
 */
export const refusedRecordings: ReadonlyMap<string, string> = new Map([
  ['bad-block-larger-than-cidr', 'smaller than one block'],
  ['bad-blocksize', 'choose 20 to 32'],
  ['bad-cidr-text', 'is not an address and a prefix length'],
  ['bad-ipip-bgp-disabled', 'set bgp to Enabled'],
  ['bad-ipip-v6', 'is not possible in IPv6 pool'],
  ['bad-overlapping-pools', 'overlap'],
  ['nonprivileged', 'leave nonPrivileged out'],
]);
