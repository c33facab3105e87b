/** Which program this is, and `calico-operator version`, which says so. */
import { readFileSync } from 'node:fs';
import { calicoVersion } from '../resolve/versions.ts';
import { type Console, exitCodes, refuseUsage } from './console.ts';
import { describeOptions, type OptionTable, parseOptions } from './options.ts';

/** Written in by the build (scripts/bundle/bundle.ts); from source it does not exist. */
declare const CALICO_OPERATOR_VERSION: string | undefined;

/** The release, as in package.json. */
export const version: string =
  typeof CALICO_OPERATOR_VERSION === 'undefined' ? versionOfSources() : CALICO_OPERATOR_VERSION;

function versionOfSources(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

const options = {
  output: { kind: 'text', short: 'o', choices: ['text', 'json'], help: 'Default: text.' },
} as const satisfies OptionTable;

const help = `Usage: calico-operator version [flags]

Shows the versions of this program, of the Calico that it installs, and of the Node.js that runs it. Asks no cluster;
"calico-operator status" tells which Calico runs.

Flags:
${describeOptions(options)}

Examples:
  calico-operator version
  calico-operator version -o json
`;

/** Runs `version`. Answers with the exit code. */
export function runVersion(args: readonly string[], console: Console): number {
  const parsed = parseOptions(args, options, 'version');
  switch (parsed.kind) {
    case 'invalid':
      return refuseUsage(parsed.problems, 'version', console);
    case 'help':
      console.print(help);
      return exitCodes.done;
    case 'options': {
      const versions = { operator: version, calico: calicoVersion, node: process.version };
      console.print(
        parsed.values.output === 'json'
          ? `${JSON.stringify(versions, undefined, 2)}\n`
          : `calico-operator  ${versions.operator}\nCalico           ${versions.calico}\nNode.js          ${versions.node}\n`,
      );
      return exitCodes.done;
    }
  }
}
