/** Flags that several commands have, in the same words. */
import type { Option } from './options.ts';

/** Where the operator runs unless somebody says otherwise. */
export const defaultOperatorNamespace = 'tigera-operator';

/** `--kubeconfig`, of commands that look at a cluster. */
export const kubeconfigFlag = {
  kind: 'text',
  placeholder: 'FILE',
  help: 'How to reach the API server. Default: $KUBECONFIG, else the ServiceAccount of the pod.',
} as const satisfies Option;

/** `--operator-namespace`, of commands that decide as the operator does. */
export const operatorNamespaceFlag = {
  kind: 'text',
  placeholder: 'NAME',
  help: `Namespace that the operator runs in. Objects without a namespace count as of it. Default: ${defaultOperatorNamespace}.`,
} as const satisfies Option;

/** `--filename`, of commands that read objects. */
export const filenameFlag = {
  kind: 'texts',
  short: 'f',
  placeholder: 'FILE',
  help: 'File or directory (its *.yaml, *.yml and *.json) to read, - for standard input. May be given several times.',
} as const satisfies Option;

/** What to tell somebody whose `--timeout` is none. */
export const timeoutProblem = (given: string): string =>
  `--timeout ${JSON.stringify(given)} is no duration: write for example 90s, 5m or 1h30m`;
