/** Splits the arguments of `run` into flags and their values. */
import { type Flag, type FlagName, flags, retiredFlags } from './flags.ts';
import { nearest } from './nearest.ts';

/** What was given, by canonical name, and every mistake in one list. */
export interface ParsedArguments {
  readonly values: ReadonlyMap<FlagName, string>;
  readonly help: boolean;
  readonly problems: readonly string[];
}

const allFlags: readonly (Flag & { readonly name: FlagName })[] = flags;
const byName = new Map(
  allFlags.flatMap((flag) => [flag.name, ...(flag.aliases ?? [])].map((name) => [name, flag] as const)),
);

/** Reads `--name=value`, `--name value`, `--boolean`, `--no-boolean` and the same with one dash. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  const values = new Map<FlagName, string>();
  const problems: string[] = [];
  let help = false;
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(argument);
    if (match === null) {
      problems.push(`unexpected argument ${JSON.stringify(argument)}: run takes only flags`);
      continue;
    }
    const [, name = '', given] = match;
    if (name === 'help' || name === 'h') {
      help = true;
      continue;
    }
    const negated = /^no-(.+)$/.exec(name)?.[1];
    const flag = byName.get(name) ?? (negated === undefined ? undefined : booleanFlag(negated));
    if (flag === undefined) problems.push(unknownFlag(name));
    else if (negated !== undefined && !byName.has(name)) values.set(flag.name, 'false');
    else if (given !== undefined) values.set(flag.name, given);
    else if (flag.kind === 'boolean') values.set(flag.name, 'true');
    else if (rest[0] === undefined || rest[0].startsWith('-')) problems.push(missingValue(flag));
    else values.set(flag.name, rest.shift() ?? '');
  }
  return { values, help, problems };
}

function booleanFlag(name: string): (Flag & { readonly name: FlagName }) | undefined {
  const flag = byName.get(name);
  return flag?.kind === 'boolean' ? flag : undefined;
}

function missingValue(flag: Flag): string {
  return `--${flag.name} needs a value: --${flag.name}=<${flag.placeholder ?? 'value'}>`;
}

function unknownFlag(name: string): string {
  const instead = retiredFlags[name];
  if (instead !== undefined) return `unknown flag --${name}: ${instead}`;
  const meant = nearest(name, [...byName.keys()]);
  return meant === undefined
    ? `unknown flag --${name}: see "calico-operator run --help"`
    : `unknown flag --${name}: did you mean --${byName.get(meant)?.name ?? meant}?`;
}
