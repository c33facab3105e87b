/** Flags and environment as one frozen value. Nothing else of the program reads either. */
import { type Address, parseAddress } from './address.ts';
import { parseArguments } from './arguments.ts';
import type { FlagName } from './flags.ts';

/** Names of log levels, the least important first. */
export const logLevelNames = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevelName = (typeof logLevelNames)[number];

/** A server to be started, and what it serves. Metrics and probes share one when their addresses are the same. */
export interface Listener extends Address {
  readonly metrics: boolean;
  readonly probes: boolean;
}

/** How the operator was told to run. */
export interface Config {
  /** Absent: the pod's ServiceAccount. May be a list of files as in `$KUBECONFIG`. */
  readonly kubeconfig?: string;
  /** Absent: read the pod's own namespace, else `tigera-operator`. */
  readonly namespace?: string;
  /** Name of our Deployment. */
  readonly operatorName: string;
  /** Name of our ServiceAccount. */
  readonly serviceAccount: string;
  readonly manageCrds: boolean;
  readonly leaderElection: {
    readonly enabled: boolean;
    readonly lease: string;
    /** Absent: the operator's namespace. */
    readonly namespace?: string;
  };
  readonly listeners: readonly Listener[];
  readonly logLevel: LogLevelName;
  /** What workloads on the host network are told about the API server, as the environment has it. */
  readonly apiServer?: { readonly host: string; readonly port: string };
  /** `HOSTED_OPENSHIFT`: the control plane is hosted by another cluster. */
  readonly hostedOpenShift: boolean;
}

/** The outcome of reading flags and environment. */
export type ConfigResult =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'help' }
  /** Every mistake, one line each, naming the flag or variable, the value and the cure. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting with the place it comes from, for messages. */
interface Setting {
  readonly text: string;
  readonly origin: string;
}

/** Reads the arguments after `run`, and the environment. Pure; an empty variable counts as absent. */
export function parseConfig(args: readonly string[], environment: Environment): ConfigResult {
  const parsed = parseArguments(args);
  if (parsed.help) return { kind: 'help' };
  const problems = [...parsed.problems];
  const read = reader(parsed.values, environment);
  const kubeconfig = read('kubeconfig', 'KUBECONFIG');
  const namespace = checkName(read('namespace', 'OPERATOR_NAMESPACE'), problems);
  const leaseNamespace = checkName(read('leader-election-namespace'), problems);
  const host = environment.KUBERNETES_SERVICE_HOST ?? '';
  const config: Config = {
    ...(kubeconfig === undefined ? {} : { kubeconfig: kubeconfig.text }),
    ...(namespace === undefined ? {} : { namespace }),
    operatorName: checkName(read(undefined, 'OPERATOR_NAME'), problems) ?? 'tigera-operator',
    serviceAccount: checkName(read(undefined, 'OPERATOR_SERVICEACCOUNT'), problems) ?? 'tigera-operator',
    manageCrds: checkBoolean(read('manage-crds'), false, problems),
    leaderElection: {
      enabled: checkBoolean(read('leader-election'), true, problems),
      lease: checkName(read('leader-election-lease'), problems) ?? 'operator-lock',
      ...(leaseNamespace === undefined ? {} : { namespace: leaseNamespace }),
    },
    listeners: listeners(metricsSetting(read, environment), read('probe-address'), problems),
    logLevel: checkLevel(read('log-level', 'LOG_LEVEL'), problems),
    hostedOpenShift: environment.HOSTED_OPENSHIFT === 'true',
    ...(host === '' ? {} : { apiServer: { host, port: environment.KUBERNETES_SERVICE_PORT ?? '443' } }),
  };
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'config', config: freeze(config) };
}

type Reader = (flag: FlagName | undefined, variable?: string) => Setting | undefined;

function reader(values: ReadonlyMap<FlagName, string>, environment: Environment): Reader {
  return (flag, variable) => {
    const given = flag === undefined ? undefined : values.get(flag);
    if (given !== undefined) return { text: given, origin: `--${flag ?? ''}` };
    const text = variable === undefined ? undefined : environment[variable];
    return text === undefined || text === '' ? undefined : { text, origin: variable ?? '' };
  };
}

function metricsSetting(read: Reader, environment: Environment): Setting | undefined {
  const flag = read('metrics-address');
  if (flag !== undefined) return flag;
  const host = environment.METRICS_HOST ?? '';
  const port = environment.METRICS_PORT ?? '';
  if (host === '' && port === '') return undefined;
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return { text: `${bracketed}:${port === '' ? 8_484 : port}`, origin: 'METRICS_HOST and METRICS_PORT' };
}

const defaultListener: Address = { host: '', port: 8_484 };

function listeners(
  metrics: Setting | undefined,
  probes: Setting | undefined,
  problems: string[],
): readonly Listener[] {
  const metricsAt = checkAddress(metrics, defaultListener, problems);
  const probesAt = checkAddress(probes, metricsAt ?? defaultListener, problems);
  if (metricsAt !== undefined && probesAt !== undefined && sameAddress(metricsAt, probesAt)) {
    return [{ ...metricsAt, metrics: true, probes: true }];
  }
  return [
    ...(metricsAt === undefined ? [] : [{ ...metricsAt, metrics: true, probes: false }]),
    ...(probesAt === undefined ? [] : [{ ...probesAt, metrics: false, probes: true }]),
  ];
}

function sameAddress(a: Address, b: Address): boolean {
  return a === b || (a.host === b.host && a.port === b.port && a.port !== 0);
}

function checkAddress(
  setting: Setting | undefined,
  absent: Address,
  problems: string[],
): Address | undefined {
  if (setting === undefined) return absent;
  const address = parseAddress(setting.text);
  if (address === 'off') return undefined;
  if (!('problem' in address)) return address;
  problems.push(`${describe(setting)} ${address.problem}`);
  return undefined;
}

function checkName(setting: Setting | undefined, problems: string[]): string | undefined {
  if (setting === undefined) return undefined;
  if (/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(setting.text)) return setting.text;
  problems.push(
    `${describe(setting)} is no name of an object: use at most 63 lower-case letters, digits, "-" and "."`,
  );
  return undefined;
}

function checkBoolean(setting: Setting | undefined, absent: boolean, problems: string[]): boolean {
  if (setting === undefined) return absent;
  if (/^(1|t|true)$/i.test(setting.text)) return true;
  if (/^(0|f|false)$/i.test(setting.text)) return false;
  problems.push(`${describe(setting)} is neither true nor false`);
  return absent;
}

function checkLevel(setting: Setting | undefined, problems: string[]): LogLevelName {
  if (setting === undefined) return 'info';
  const level = logLevelNames.find((name) => name === setting.text.toLowerCase());
  if (level === undefined)
    problems.push(`${describe(setting)} is no log level: use ${logLevelNames.join(', ')}`);
  return level ?? 'info';
}

function describe({ origin, text }: Setting): string {
  return `${origin}: ${JSON.stringify(text)}`;
}

function freeze(config: Config): Config {
  Object.freeze(config.leaderElection);
  Object.freeze(config.apiServer);
  config.listeners.forEach(Object.freeze);
  Object.freeze(config.listeners);
  return Object.freeze(config);
}
