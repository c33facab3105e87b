/** The executable. Commands are loaded when they are asked for, so that none pays for another's libraries. */
import { exitCodes, processConsole } from './commands/console.ts';
import { type CommandName, describeUnknown, help, isCommand } from './commands/help.ts';

const { env } = process;
const console = processConsole(env);

async function runCommand(name: CommandName, args: readonly string[]): Promise<number> {
  switch (name) {
    case 'run': {
      const { run } = await import('./commands/run.ts');
      return run(args, env);
    }
    case 'render': {
      const { runRender } = await import('./commands/render/render.ts');
      return runRender(args, console);
    }
    case 'diff': {
      const { runDiff } = await import('./commands/diff/diff.ts');
      return runDiff(args, console);
    }
    case 'status': {
      const { runStatus } = await import('./commands/status/status.ts');
      return runStatus(args, console);
    }
    case 'crds': {
      const { runCrds } = await import('./commands/crds.ts');
      return runCrds(args, console);
    }
    case 'uninstall': {
      const { runUninstall } = await import('./commands/uninstall.ts');
      return runUninstall(args, console);
    }
    case 'aws-security-groups': {
      const { runAwsSecurityGroups } = await import('./commands/aws-security-groups.ts');
      return runAwsSecurityGroups(args, console);
    }
    case 'version': {
      const { runVersion } = await import('./commands/version.ts');
      return runVersion(args, console);
    }
    case 'help': {
      const [about] = args;
      if (about === undefined || about === 'help' || about.startsWith('-')) {
        console.print(help);
        return exitCodes.done;
      }
      return main([about, '--help']);
    }
  }
}

const synonyms: Readonly<Record<string, string>> = {
  // Of the reference operator, as other manifests have it.
  '--aws-sg-setup': 'aws-security-groups',
  '-aws-sg-setup': 'aws-security-groups',
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
};

async function main([first = 'help', ...args]: readonly string[]): Promise<number> {
  const word = synonyms[first] ?? first;
  if (isCommand(word)) return runCommand(word, args);
  console.warn(describeUnknown(word));
  console.warn('See calico-operator help.');
  return exitCodes.usage;
}

// Whoever reads our output may stop before the end, as `head` does: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await main(process.argv.slice(2));
