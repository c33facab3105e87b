/** Rules of node address autodetection. */
import { parseCidr } from '../cidr.ts';
import type { Autodetection } from '../fields.ts';
import type { FieldMistake } from '../findings.ts';
import { goRegexProblem } from '../go-regex.ts';
import { refuse, type Rule } from './rule.ts';

/** Names of the methods that the object selects. */
function methodsOf(method: Autodetection): readonly string[] {
  const selected: Readonly<Record<string, boolean>> = {
    firstFound: method.firstFound === true,
    kubernetes: method.kubernetes !== undefined,
    interface: Boolean(method.interface),
    skipInterface: Boolean(method.skipInterface),
    canReach: Boolean(method.canReach),
    cidrs: (method.cidrs ?? []).length > 0,
  };
  return Object.keys(selected).filter((name) => selected[name]);
}

/** True when the object selects a method: `firstFound: false` alone selects none. */
export function selectsMethod(method: Autodetection): boolean {
  return methodsOf(method).length > 0;
}

/** One method for each family, with ranges that are some. */
export const autodetectionRules: Rule = (candidate) =>
  (['nodeAddressAutodetectionV4', 'nodeAddressAutodetectionV6'] as const).flatMap((field) => {
    const method = candidate.spec.calicoNetwork[field];
    if (method === undefined) return [];
    const place = `spec.calicoNetwork.${field}`;
    const methods = methodsOf(method);
    const several: readonly FieldMistake[] =
      methods.length > 1
        ? [
            {
              field: place,
              value: methods.join(', '),
              problem: 'only one method can be used at a time',
              cure: 'Keep one of them and set the others to null',
            },
          ]
        : [];
    return refuse(
      candidate,
      ...several,
      ...rangeMistakes(method, place),
      ...patternMistakes(method, place),
      ...targetMistakes(method, place),
    );
  });

function rangeMistakes({ cidrs = [] }: Autodetection, place: string): readonly FieldMistake[] {
  return cidrs.flatMap((text, index) => {
    const parsed = parseCidr(text);
    if (parsed.kind === 'cidr') return [];
    return [
      {
        field: `${place}.cidrs[${index}]`,
        value: text,
        problem: `it is no address range: ${parsed.problem}`,
        cure: 'Write it as address and prefix length, for example 10.0.0.0/24',
      },
    ];
  });
}

/** Both fields take several expressions, separated by commas. */
function patternMistakes(method: Autodetection, place: string): readonly FieldMistake[] {
  return (['interface', 'skipInterface'] as const).flatMap((field) => {
    const value = method[field] ?? '';
    const problem = value
      .split(',')
      .map((pattern) => goRegexProblem(pattern.trim()))
      .find((each) => each !== undefined);
    if (problem === undefined) return [];
    return [
      {
        field: `${place}.${field}`,
        value,
        problem: `it is no regular expression: ${problem}`,
        cure: 'Write it like eth.* or ^br-.*, several separated by commas',
      },
    ];
  });
}

function targetMistakes({ canReach = '' }: Autodetection, place: string): readonly FieldMistake[] {
  if (!/[\s/]/.test(canReach)) return [];
  return [
    {
      field: `${place}.canReach`,
      value: canReach,
      problem: 'it is neither an IP address nor a name',
      cure: 'Write a single address or name, for example 8.8.8.8',
    },
  ];
}
