/** Flags of the commands that people type: parsing with a suggestion for what is misspelt, and their help. */
import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';

/** One flag. */
export interface Option {
  /** `texts` may be given several times. */
  readonly kind: 'boolean' | 'text' | 'texts';
  readonly short?: string;
  /** How the value is called in the help. */
  readonly placeholder?: string;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
  /** One or more lines. */
  readonly help: string;
}

/** The flags of a command by name; `help` is added to each. */
export type OptionTable = Readonly<Record<string, Option>>;

/** What was given: absent is `undefined`, `false` or the empty list. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name]['kind'] extends 'boolean'
    ? boolean
    : Table[Name]['kind'] extends 'texts'
      ? readonly string[]
      : string | undefined;
};

/** What the arguments of a command amount to. */
export type ParsedOptions<Table extends OptionTable> =
  | { readonly kind: 'options'; readonly values: OptionValues<Table> }
  | { readonly kind: 'help' }
  /** Every mistake, one line each, with its cure. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/**
 * Reads `--name value`, `--name=value`, `-n value` and `--boolean`. Nothing else may stand among the arguments.
 * @param command its name, for messages
 */
export function parseOptions<const Table extends OptionTable>(
  args: readonly string[],
  table: Table,
  command: string,
): ParsedOptions<Table> {
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...parserOptions(table), help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems = new Set<string>();
  const strays: string[] = [];
  const given: Given = new Map();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      strays.push(`unexpected argument ${JSON.stringify(token.value)}: ${command} takes only flags`);
      continue;
    }
    if (token.name === 'help') return { kind: 'help' };
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    const problem =
      option === undefined
        ? unknownFlag(args[token.index] ?? token.rawName, table, command)
        : problemOf(token.name, option, token.value, token.inlineValue);
    if (problem === undefined) given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? '']);
    else problems.add(problem);
  }
  // What follows an unknown flag may be its value: only without one is it worth a word.
  const found = problems.size > 0 ? [...problems] : strays;
  if (found.length > 0) return { kind: 'invalid', problems: found };
  return { kind: 'options', values: valuesOf(table, given) };
}

type Given = Map<string, readonly string[]>;

function parserOptions(
  table: OptionTable,
): Record<string, { type: 'boolean' | 'string'; short?: string; multiple: true }> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { kind, short }]) => [
      name,
      {
        type: kind === 'boolean' ? 'boolean' : 'string',
        multiple: true,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
}

function valuesOf<Table extends OptionTable>(table: Table, given: Given): OptionValues<Table> {
  const values = Object.entries(table).map(([name, { kind }]) => {
    const texts = given.get(name) ?? [];
    const value = kind === 'boolean' ? texts.length > 0 : kind === 'texts' ? texts : texts.at(-1);
    return [name, value];
  });
  return Object.fromEntries(values) as OptionValues<Table>;
}

function unknownFlag(argument: string, table: OptionTable, command: string): string {
  const name = argument.replace(/=.*/s, '');
  const meant = nearest(name.replace(/^-+/, ''), [...Object.keys(table), 'help']);
  return meant === undefined
    ? `unknown flag ${name}: see "calico-operator ${command} --help"`
    : `unknown flag ${name}: did you mean --${meant}?`;
}

function problemOf(
  name: string,
  option: Option,
  value: string | undefined,
  inline: boolean | undefined,
): string | undefined {
  if (option.kind === 'boolean') {
    return value === undefined ? undefined : `--${name} takes no value: leave out ${JSON.stringify(value)}`;
  }
  // A lone dash stands for standard input or output.
  if (value === undefined || (inline !== true && /^-./.test(value))) {
    return `--${name} needs a value: --${name} ${placeholderOf(option)}`;
  }
  return option.choices === undefined || option.choices.includes(value)
    ? undefined
    : `--${name} ${JSON.stringify(value)} is not possible: use ${option.choices.join(' or ')}`;
}

function placeholderOf({ placeholder, choices }: Option): string {
  return choices?.join('|') ?? placeholder ?? 'VALUE';
}

/** The flags as they stand in a help text. */
export function describeOptions(table: OptionTable): string {
  const all: OptionTable = {
    ...table,
    help: { kind: 'boolean', short: 'h', help: 'Show this text.' },
  };
  return Object.entries(all)
    .map(([name, option]) => {
      const short = option.short === undefined ? '' : `-${option.short}, `;
      const value = option.kind === 'boolean' ? '' : ` ${placeholderOf(option)}`;
      return `  ${short}--${name}${value}\n${option.help.replace(/^/gm, '      ')}`;
    })
    .join('\n');
}
