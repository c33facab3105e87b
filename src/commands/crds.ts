/** `calico-operator crds`: what `run --manage-crds` does to CustomResourceDefinitions, once, and then ends. */
import { manageCrds } from '../controllers/crds/manage.ts';
import type { CrdReport } from '../controllers/crds/report.ts';
import { createClient } from '../kube/client.ts';
import { createLogger } from '../telemetry/logger.ts';
import { ClusterError, withConnection } from './cluster-access.ts';
import { type Console, exitCodes, refuseUsage } from './console.ts';
import { kubeconfigFlag } from './flags.ts';
import { describeOptions, type OptionTable, parseOptions } from './options.ts';
import { version } from './version.ts';

const options = {
  kubeconfig: kubeconfigFlag,
} as const satisfies OptionTable;

const help = `Usage: calico-operator crds [flags]

Installs and upgrades the CustomResourceDefinitions of this release, waits until they are served, and ends. Definitions of
a newer release, or of another owner, are left as they are. "calico-operator run --manage-crds" does the same when it
starts; this is for what has to come before, such as an Installation with fields that only this release knows.

Exit code: 0 done, 1 something could not be installed or upgraded, 2 wrong flags or no access to the cluster.

Flags:
${describeOptions(options)}

Examples:
  calico-operator crds --kubeconfig ~/.kube/config
`;

/** Runs `crds`. Answers with the exit code. */
export async function runCrds(args: readonly string[], console: Console): Promise<number> {
  const parsed = parseOptions(args, options, 'crds');
  switch (parsed.kind) {
    case 'invalid':
      return refuseUsage(parsed.problems, 'crds', console);
    case 'help':
      console.print(help);
      return exitCodes.done;
    case 'options':
      return install(parsed.values.kubeconfig, console);
  }
}

async function install(kubeconfig: string | undefined, console: Console): Promise<number> {
  const logger = createLogger({ level: 'info', fields: { version } });
  const { signal } = new AbortController();
  try {
    const report = await withConnection(console, { kubeconfig, command: 'crds' }, ({ transport }) =>
      manageCrds({ client: createClient(transport), clock: console.clock, logger, signal }),
    );
    console.print(`${summarise(report)}\n`);
    return report.some(({ kind }) => kind === 'failed') ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    console.warn(error.message);
    return exitCodes.usage;
  }
}

function summarise(report: CrdReport): string {
  const count = (wanted: CrdReport[number]['kind']): number =>
    report.filter(({ kind }) => kind === wanted).length;
  return `CustomResourceDefinitions: ${count('created')} installed, ${count('upgraded')} upgraded, ${count('kept') + count('held')} left as they are, ${count('failed')} failed`;
}
