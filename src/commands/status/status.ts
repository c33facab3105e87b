/** `calico-operator status`: how Calico fares in a cluster. */
import { describeFailure } from '../cluster-access.ts';
import { type Console, exitCodes, refuseUsage } from '../console.ts';
import { describeOptions, type OptionTable, type OptionValues, parseOptions } from '../options.ts';
import { kubeconfigFlag, timeoutProblem } from '../flags.ts';
import { painterFor, parseDuration } from '../text.ts';
import { version } from '../version.ts';
import { withCluster } from './cluster.ts';
import { describeStatus } from './describe.ts';
import { follow } from './follow.ts';
import { type StatusReport, reportStatus } from './report.ts';
import { exitCodeOf } from './state.ts';

const options = {
  wait: { kind: 'boolean', help: 'Wait until Calico is available, and tell what changes on the way.' },
  timeout: {
    kind: 'text',
    placeholder: 'DURATION',
    help: 'With --wait: how long at most, as 90s, 5m or 1h30m. Default: 5m.',
  },
  output: { kind: 'text', short: 'o', choices: ['text', 'json'], help: 'Default: text.' },
  kubeconfig: kubeconfigFlag,
} as const satisfies OptionTable;

const help = `Usage: calico-operator status [flags]

Shows how Calico fares: the conditions of the Installation with their age and message, the components, nodes with
trouble and their containers, IP pools, every TigeraStatus, versions. Reads only.

Exit code: 0 available, 1 not available (installing, changing, degraded, refused, being removed, or no operator runs),
2 wrong flags, no access to the cluster or any other failure, 3 not installed. The same with --wait, when the time is up.

Flags:
${describeOptions(options)}

Examples:
  calico-operator status
  calico-operator status --wait --timeout 10m && kubectl apply -f my-application.yaml
  calico-operator status -o json | jq '.troubles[] | select(.severity == "failing")'
`;

/** Runs `status`. Answers with the exit code. */
export async function runStatus(args: readonly string[], console: Console): Promise<number> {
  const parsed = parseOptions(args, options, 'status');
  switch (parsed.kind) {
    case 'invalid':
      return refuseUsage(parsed.problems, 'status', console);
    case 'help':
      console.print(help);
      return exitCodes.done;
    case 'options': {
      const { timeout = '5m' } = parsed.values;
      const milliseconds = parseDuration(timeout);
      if (milliseconds === undefined) {
        return refuseUsage([timeoutProblem(timeout)], 'status', console);
      }
      return show(parsed.values, milliseconds, console);
    }
  }
}

async function show(
  { wait, output, kubeconfig }: OptionValues<typeof options>,
  timeout: number,
  console: Console,
): Promise<number> {
  const { clock, print, warn } = console;
  const json = output === 'json';
  try {
    const report = await withCluster(kubeconfig, console, async (facts) => {
      const look = (): StatusReport => reportStatus(facts(), clock.now(), version);
      if (!wait) return look();
      const last = await follow(look, {
        clock,
        timeout,
        // Programs read standard output: for them it holds the report alone.
        tell: json ? warn : (line) => print(`${line}\n`),
      });
      if (!json) print('\n');
      return last;
    });
    print(
      json
        ? `${JSON.stringify(report, undefined, 2)}\n`
        : `${describeStatus(report, clock.now(), painterFor(process.stdout)).join('\n')}\n`,
    );
    return exitCodeOf(report.state);
  } catch (error) {
    // Whatever it is: with Node's own exit code, 1, it would pass for a Calico that is not available.
    warn(describeFailure(error));
    return exitCodes.usage;
  }
}
