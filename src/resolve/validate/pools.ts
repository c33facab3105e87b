/** Rules of single pools. */
import { overlapsCidr, parseCidr } from '../cidr.ts';
import { type FieldMistake } from '../findings.ts';
import type { PoolEntry } from '../pools/complete.ts';
import { selectorProblem } from '../selector.ts';
import type { ResolvedPool } from '../types.ts';
import { type Candidate, refuse, type Rule } from './rule.ts';

const nameShape = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const encapsulations: readonly string[] = ['IPIP', 'IPIPCrossSubnet', 'VXLAN', 'VXLANCrossSubnet', 'None'];
const uses: readonly string[] = ['Workload', 'Tunnel', 'LoadBalancer'];

/** Each pool on its own. */
export const poolRules: Rule = (candidate) =>
  candidate.entries.flatMap((entry) => refuse(candidate, ...mistakesOf(entry, candidate)));

/** Where an entry stands in the spec. */
export const placeOf = (entry: PoolEntry) => `spec.calicoNetwork.ipPools[${entry.index}]`;

function mistakesOf(entry: PoolEntry, candidate: Candidate): readonly FieldMistake[] {
  const place = placeOf(entry);
  if (entry.parsed.kind === 'invalid' || entry.pool === undefined) {
    return [
      {
        field: `${place}.cidr`,
        value: entry.given.cidr,
        problem: `it is no address range: ${entry.parsed.kind === 'invalid' ? entry.parsed.problem : ''}`,
        cure: 'Write it as address and prefix length, for example 10.244.0.0/16 or fd00:10:244::/48',
      },
    ];
  }
  const { pool } = entry;
  const prefix = Number(pool.cidr.split('/')[1]);
  return [
    ...rangeMistakes(entry, place),
    ...nameMistakes(pool, place),
    ...blockMistakes(pool, prefix, place),
    ...wordMistakes(pool, place),
    ...(pool.allowedUses.includes('LoadBalancer') ? loadBalancerMistakes(pool, place) : []),
    ...selectorMistakes(pool, place, candidate),
  ];
}

const linkLocalRanges = ['169.254.0.0/16', 'fe80::/10'].flatMap((text) => {
  const parsed = parseCidr(text);
  return parsed.kind === 'cidr' ? [parsed.cidr] : [];
});

function rangeMistakes({ cidr, given }: PoolEntry, place: string): readonly FieldMistake[] {
  if (cidr === undefined || !linkLocalRanges.some((range) => overlapsCidr(range, cidr))) return [];
  return [
    {
      field: `${place}.cidr`,
      value: given.cidr,
      problem: 'it holds link-local addresses, which are not routed between nodes',
      cure: 'Choose a range outside of 169.254.0.0/16 and fe80::/10',
    },
  ];
}

function nameMistakes({ name }: ResolvedPool, place: string): readonly FieldMistake[] {
  if (name.length <= 253 && nameShape.test(name)) return [];
  return [
    {
      field: `${place}.name`,
      value: name,
      problem: 'it is not a name that Kubernetes takes',
      cure: 'Use lower-case letters, digits, "-" and "."; start and end with a letter or digit',
    },
  ];
}

function blockMistakes(
  { family, blockSize }: ResolvedPool,
  prefix: number,
  place: string,
): readonly FieldMistake[] {
  const [least, most] = family === 4 ? [20, 32] : [116, 128];
  const field = `${place}.blockSize`;
  if (blockSize < least || blockSize > most) {
    return [
      {
        field,
        value: blockSize,
        problem: `the block size of an IPv${family} pool is a prefix length from ${least} to ${most}`,
        cure: `Choose ${family === 4 ? 26 : 122}, or another number in these bounds`,
      },
    ];
  }
  if (prefix <= blockSize) return [];
  return [
    {
      field,
      value: blockSize,
      problem: `a block of /${blockSize} is larger than the pool of /${prefix}`,
      cure: `Choose a larger CIDR, or a blockSize from ${prefix} to ${most}`,
    },
  ];
}

function wordMistakes(pool: ResolvedPool, place: string): readonly FieldMistake[] {
  const unknown = (field: string, value: unknown, allowed: readonly string[]): FieldMistake => ({
    field: `${place}.${field}`,
    value,
    problem: 'there is no such value',
    cure: `Choose one of ${allowed.join(', ')}`,
  });
  const strange = pool.allowedUses.filter((use) => !uses.includes(use));
  return [
    ...(encapsulations.includes(pool.encapsulation)
      ? []
      : [unknown('encapsulation', pool.encapsulation, encapsulations)]),
    ...(['Enabled', 'Disabled'].includes(pool.natOutgoing)
      ? []
      : [unknown('natOutgoing', pool.natOutgoing, ['Enabled', 'Disabled'])]),
    ...strange.map((use) => unknown('allowedUses', use, uses)),
    ...(['Automatic', 'Manual'].includes(pool.assignmentMode)
      ? []
      : [unknown('assignmentMode', pool.assignmentMode, ['Automatic', 'Manual'])]),
  ];
}

function loadBalancerMistakes(pool: ResolvedPool, place: string): readonly FieldMistake[] {
  const mistakes: FieldMistake[] = [];
  if (pool.allowedUses.length > 1) {
    mistakes.push({
      field: `${place}.allowedUses`,
      value: pool.allowedUses,
      problem: 'a pool for LoadBalancer addresses has no other use',
      cure: 'Make one pool for LoadBalancer and another for the other uses',
    });
  }
  if (pool.nodeSelector !== 'all()') {
    mistakes.push({
      field: `${place}.nodeSelector`,
      value: pool.nodeSelector,
      problem: 'a pool for LoadBalancer addresses belongs to all nodes',
      cure: 'Set nodeSelector to all()',
    });
  }
  if (pool.disableBGPExport) {
    mistakes.push({
      field: `${place}.disableBGPExport`,
      value: true,
      problem: 'addresses of LoadBalancers that are not exported reach nobody',
      cure: 'Leave out disableBGPExport',
    });
  }
  return mistakes;
}

function selectorMistakes(pool: ResolvedPool, place: string, { spec }: Candidate): readonly FieldMistake[] {
  const field = `${place}.nodeSelector`;
  const problem = selectorProblem(pool.nodeSelector);
  if (problem !== undefined) {
    return [
      {
        field,
        value: pool.nodeSelector,
        problem: `it is no selector: ${problem}`,
        cure: "Write it in Calico's language, for example rack == 'a' && !has(gpu)",
      },
    ];
  }
  if (spec.cni.type === 'Calico' || pool.nodeSelector === 'all()') return [];
  return [
    {
      field,
      value: pool.nodeSelector,
      problem: `with CNI ${spec.cni.type} pools are not chosen by node`,
      cure: 'Set nodeSelector to all(), or cni.type to Calico',
    },
  ];
}
