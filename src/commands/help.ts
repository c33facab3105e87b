/** `calico-operator help`: what the program can do. */
import { nearest } from '../config/nearest.ts';

/** The commands, in the order of the help. */
export const commands = {
  run: 'run the operator, in a cluster or against a kubeconfig',
  render: 'show what would be installed, without a cluster',
  diff: 'show what would change in a cluster, and what that means',
  status: 'show how Calico fares in a cluster; can wait until it is available',
  crds: 'install and upgrade the CustomResourceDefinitions, and end',
  uninstall: 'remove Calico from a cluster, and wait for the end of it',
  'aws-security-groups': 'open the ports between machines that Calico needs, on OpenShift on AWS',
  version: 'show versions',
  help: 'show this text, or that of a command',
} as const;

/** Name of a command. */
export type CommandName = keyof typeof commands;

/** Whether a word is the name of a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}

/** The text of `calico-operator help`. */
export const help = `Usage: calico-operator COMMAND [flags]

Installs Calico in a Kubernetes cluster as its Installation asks, and keeps it running.

Commands:
${Object.entries(commands)
  .map(([name, text]) => `  ${name.padEnd(19)} ${text}`)
  .join('\n')}

Every command tells more with --help. Flags that fit no command, and words that are none, end with exit code 2.

Examples:
  calico-operator run --kubeconfig ~/.kube/config --leader-election=false
  calico-operator render -f custom-resources.yaml
  calico-operator diff -f custom-resources.yaml
  calico-operator status --wait
`;

/** What to tell somebody whose first argument is no command. */
export function describeUnknown(word: string): string {
  if (word.startsWith('-')) {
    return `unknown flag ${word}: a command comes first, as in "calico-operator run ${word}"`;
  }
  const names = Object.keys(commands);
  const meant = names.find((name) => name.startsWith(word)) ?? nearest(word, names);
  return meant === undefined
    ? `unknown command ${JSON.stringify(word)}: use one of ${names.join(', ')}`
    : `unknown command ${JSON.stringify(word)}: did you mean "calico-operator ${meant}"?`;
}
