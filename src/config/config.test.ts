import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Config, type Environment, parseConfig } from './config.ts';
import { flags, runHelp } from './flags.ts';
import { distance, nearest } from './nearest.ts';

function config(args: readonly string[], environment: Environment = {}): Config {
  const result = parseConfig(args, environment);
  if (result.kind !== 'config') throw new Error(JSON.stringify(result));
  return result.config;
}

function problems(args: readonly string[], environment: Environment = {}): readonly string[] {
  const result = parseConfig(args, environment);
  return result.kind === 'invalid' ? result.problems : [];
}

const everywhere = { host: '', port: 8_484 };

describe('values', () => {
  test('without flags and environment the operator runs as in its manifest', () => {
    expect(config([])).toEqual({
      operatorName: 'tigera-operator',
      serviceAccount: 'tigera-operator',
      manageCrds: false,
      hostedOpenShift: false,
      leaderElection: { enabled: true, lease: 'operator-lock' },
      listeners: [{ ...everywhere, metrics: true, probes: true }],
      logLevel: 'info',
    });
  });

  test('flags go before the environment, and that before defaults', () => {
    const environment = { KUBECONFIG: '/env', OPERATOR_NAMESPACE: 'env', LOG_LEVEL: 'warn' };
    expect(config([], environment)).toMatchObject({ kubeconfig: '/env', namespace: 'env', logLevel: 'warn' });
    expect(
      config(['--kubeconfig=/flag', '--namespace', 'flag', '--log-level=DEBUG'], environment),
    ).toMatchObject({
      kubeconfig: '/flag',
      namespace: 'flag',
      logLevel: 'debug',
    });
  });

  test('names and API server come from the environment as the reference operator reads it', () => {
    const environment = {
      OPERATOR_NAME: 'my-operator',
      OPERATOR_SERVICEACCOUNT: 'my-account',
      HOSTED_OPENSHIFT: 'true',
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT: '6443',
    };
    expect(config([], environment)).toMatchObject({
      operatorName: 'my-operator',
      serviceAccount: 'my-account',
      hostedOpenShift: true,
      apiServer: { host: '10.96.0.1', port: '6443' },
    });
  });

  test('an empty variable is none', () => {
    const environment = {
      KUBECONFIG: '',
      OPERATOR_NAMESPACE: '',
      METRICS_HOST: '',
      KUBERNETES_SERVICE_HOST: '',
    };
    expect(config([], environment)).toEqual(config([]));
  });

  test.each([
    [['-manage-crds=true'], { manageCrds: true }],
    [['--manage-crds'], { manageCrds: true }],
    [['-manage-crds=false'], { manageCrds: false }],
    [['--leader-election=false'], { leaderElection: { enabled: false } }],
    [['-enable-leader-election=F'], { leaderElection: { enabled: false } }],
    [['--no-leader-election'], { leaderElection: { enabled: false } }],
    [
      ['--leader-election-namespace=x', '--leader-election-lease=y'],
      { leaderElection: { namespace: 'x', lease: 'y' } },
    ],
    [['--manage-crds', '--manage-crds=false'], { manageCrds: false }],
  ])('%j', (args, expected) => {
    expect(config(args)).toMatchObject(expected);
  });

  test('the result is frozen all through', () => {
    const frozen = config(['--namespace=a'], { KUBERNETES_SERVICE_HOST: 'h' });
    const parts = [frozen, frozen.leaderElection, frozen.listeners, frozen.listeners[0], frozen.apiServer];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });
});

describe('listeners', () => {
  const both = { metrics: true, probes: true };
  test.each<[readonly string[], Environment, readonly object[]]>([
    [['--metrics-address=127.0.0.1:9000'], {}, [{ host: '127.0.0.1', port: 9_000, ...both }]],
    [['--metrics-address=[::1]:9000'], {}, [{ host: '::1', port: 9_000, ...both }]],
    [['--metrics-address=:0'], {}, [{ host: '', port: 0, ...both }]],
    [['--metrics-address=:9000', '--probe-address=:9000'], {}, [{ host: '', port: 9_000, ...both }]],
    [
      ['--probe-address=:8081'],
      {},
      [
        { ...everywhere, metrics: true, probes: false },
        { host: '', port: 8_081, metrics: false, probes: true },
      ],
    ],
    [['--metrics-address=0'], {}, [{ ...everywhere, metrics: false, probes: true }]],
    [['--metrics-address=0', '--probe-address=0'], {}, []],
    [[], { METRICS_HOST: '127.0.0.1' }, [{ host: '127.0.0.1', port: 8_484, ...both }]],
    [[], { METRICS_PORT: '9090' }, [{ host: '', port: 9_090, ...both }]],
    [[], { METRICS_HOST: '::1', METRICS_PORT: '9090' }, [{ host: '::1', port: 9_090, ...both }]],
    [['--metrics-address=:1'], { METRICS_PORT: '9090' }, [{ host: '', port: 1, ...both }]],
  ])('%j with %j', (args, environment, expected) => {
    expect(config(args, environment).listeners).toEqual(expected);
  });
});

describe('mistakes', () => {
  test.each([
    ['--manage-crd', 'unknown flag --manage-crd: did you mean --manage-crds?'],
    ['--kubecofnig=x', 'unknown flag --kubecofnig: did you mean --kubeconfig?'],
    ['-enable-leaderelection', 'unknown flag --enable-leaderelection: did you mean --leader-election?'],
    ['--zap-log-level=debug', 'unknown flag --zap-log-level: use --log-level'],
    ['-version', 'unknown flag --version: use "calico-operator version"'],
    ['--frobnicate', 'unknown flag --frobnicate: see "calico-operator run --help"'],
    ['--no-kubeconfig', 'unknown flag --no-kubeconfig: did you mean --kubeconfig?'],
    ['true', 'unexpected argument "true": run takes only flags'],
    ['--kubeconfig', '--kubeconfig needs a value: --kubeconfig=<file>'],
    ['--manage-crds=maybe', '--manage-crds: "maybe" is neither true nor false'],
    ['--log-level=loud', '--log-level: "loud" is no log level: use debug, info, warn, error'],
    [
      '--namespace=Tigera_Operator',
      '--namespace: "Tigera_Operator" is no name of an object: use at most 63 lower-case letters, digits, "-" and "."',
    ],
    [
      '--metrics-address=localhost',
      '--metrics-address: "localhost" is no address: write host:port, :port, [IPv6]:port, or 0 for none',
    ],
  ])('%s', (argument, problem) => {
    expect(problems([argument])).toEqual([problem]);
  });

  test('in variables are named by the variable', () => {
    expect(problems([], { METRICS_PORT: '99999' })[0]).toContain('METRICS_HOST and METRICS_PORT: ":99999"');
    expect(problems([], { OPERATOR_NAME: 'A' })[0]).toContain('OPERATOR_NAME: "A"');
  });

  test('all of them are told at once', () => {
    expect(problems(['--manage-crds=x', '--log-level=y', '--zz'])).toHaveLength(3);
  });

  test('whatever is given, the answer is a value, never an exception', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.dictionary(fc.string(), fc.string()), (args, environment) => {
        expect(['config', 'help', 'invalid']).toContain(parseConfig(args, environment).kind);
      }),
    );
  });
});

describe('help', () => {
  test('is asked for in each usual way', () => {
    for (const flag of ['--help', '-h', '-help']) expect(parseConfig([flag], {})).toEqual({ kind: 'help' });
  });

  test('names every flag with its default, in lines that fit a terminal', () => {
    const text = runHelp();
    for (const { name, default: value } of flags) {
      expect(text).toContain(`--${name}`);
      expect(text).toContain(`Default: ${value}`);
    }
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });
});

describe('the nearest word', () => {
  test.each([
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['log-level', 'log-levle', 1],
  ])('%s and %s are %i edits apart', (a, b, edits) => {
    expect([distance(a, b), distance(b, a)]).toEqual([edits, edits]);
  });

  test('is none when nothing is near', () => {
    expect(nearest('frobnicate', ['kubeconfig', 'namespace'])).toBeUndefined();
    expect(nearest('namespaces', ['kubeconfig', 'namespace'])).toBe('namespace');
  });
});
