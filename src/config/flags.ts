/** The flags of `calico-operator run`. Go's spelling is accepted too (`-manage-crds=true`), as manifests have it. */

/** One flag. */
export interface Flag {
  readonly name: string;
  /** Names of the reference operator or of common habit that mean the same. */
  readonly aliases?: readonly string[];
  readonly kind: 'boolean' | 'text';
  /** How the value is called in the help. */
  readonly placeholder?: string;
  /** Environment variables that give the value when the flag is absent, as the help shows them. */
  readonly environment?: string;
  readonly default: string;
  readonly help: string;
}

export const flags = [
  {
    name: 'kubeconfig',
    kind: 'text',
    placeholder: 'file',
    environment: 'KUBECONFIG',
    default: 'the ServiceAccount of the pod',
    help: 'How to reach the API server when not running in the cluster.',
  },
  {
    name: 'namespace',
    kind: 'text',
    placeholder: 'name',
    environment: 'OPERATOR_NAMESPACE',
    default: 'the namespace of the pod, else tigera-operator',
    help: 'Namespace of the operator: its Secrets and its Lease live there.',
  },
  {
    name: 'manage-crds',
    kind: 'boolean',
    default: 'false',
    help: 'Install and upgrade the CustomResourceDefinitions that the operator needs.',
  },
  {
    name: 'leader-election',
    aliases: ['enable-leader-election'],
    kind: 'boolean',
    default: 'true',
    help: 'Act only while holding the Lease, so that several replicas can run.',
  },
  {
    name: 'leader-election-namespace',
    kind: 'text',
    placeholder: 'name',
    default: 'the namespace of the operator',
    help: 'Namespace of the Lease.',
  },
  {
    name: 'leader-election-lease',
    kind: 'text',
    placeholder: 'name',
    default: 'operator-lock',
    help: 'Name of the Lease; the default keeps an operator by Tigera from acting beside this one.',
  },
  {
    name: 'metrics-address',
    kind: 'text',
    placeholder: 'host:port',
    environment: 'METRICS_HOST, METRICS_PORT',
    default: ':8484',
    help: 'Where /metrics is served; 0 for not at all.',
  },
  {
    name: 'probe-address',
    kind: 'text',
    placeholder: 'host:port',
    default: 'the same as for metrics',
    help: 'Where /healthz and /readyz are served; 0 for not at all.',
  },
  {
    name: 'log-level',
    kind: 'text',
    placeholder: 'level',
    environment: 'LOG_LEVEL',
    default: 'info',
    help: 'Least important lines to log: debug, info, warn or error.',
  },
] as const satisfies readonly Flag[];

/** Name of a flag. */
export type FlagName = (typeof flags)[number]['name'];

/** Flags of the reference operator that are no flags here, with what to do instead. */
export const retiredFlags: Readonly<Record<string, string>> = {
  version: 'use "calico-operator version"',
  'bootstrap-crds': 'use --manage-crds, or apply the crds directory',
  'zap-log-level': 'use --log-level',
  'zap-devel': 'use --log-level=debug',
  'zap-encoder': 'logs are always JSON; leave it out',
  'aws-sg-setup': 'use "calico-operator aws-security-groups"',
  'print-images': 'see the images in "calico-operator render"',
};

/** The help text of `calico-operator run`. */
export function runHelp(): string {
  const rows = flags.map((flag: Flag) => {
    const value = flag.kind === 'boolean' ? '[=true|false]' : `=<${flag.placeholder ?? 'value'}>`;
    const origin = flag.environment === undefined ? '' : `; environment: ${flag.environment}`;
    return [
      `  --${flag.name}${value}`,
      `      ${flag.help}`,
      `      Default: ${flag.default}${origin}.`,
    ].join('\n');
  });
  return `Usage: calico-operator run [flags]

Runs the operator: installs Calico as the Installation named "default" asks, and keeps it so until it is told to stop
by SIGTERM or SIGINT. In a cluster no flag is needed.

Flags (a flag goes before its environment variable, and that before the default):
${rows.join('\n')}

Also read from the environment:
  OPERATOR_NAME                  name of the operator's Deployment (tigera-operator)
  OPERATOR_SERVICEACCOUNT        name of its ServiceAccount (tigera-operator)
  HOSTED_OPENSHIFT               true where the control plane of OpenShift is hosted by another cluster (false)
  KUBERNETES_SERVICE_HOST/PORT   how pods on the host network reach the API server

Examples:
  calico-operator run --kubeconfig ~/.kube/config --leader-election=false
  calico-operator run --manage-crds --metrics-address=127.0.0.1:8484
`;
}
