import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import { ApiClient } from '../control-plane/api-client.ts';
import { eventually } from '../control-plane/eventually.ts';
import { encapsulationPatch } from './next-steps.ts';
import { readWhatToInstall, stockFile } from './what-to-install.ts';

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A demo as a process of its own, whose temporary files go to the scratch folder. */
interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

// A cluster that somebody uses is none of the demo's business.
const theirCluster = '/nowhere/their-kubeconfig';

function run(command: string, args: readonly string[]): Run {
  const child = spawn(command, args, {
    cwd: repository,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm would keep compiled code of its own in the folder that is to be empty at the end.
    env: { ...process.env, KUBECONFIG: theirCluster, TMPDIR: scratch, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

const demo = (...args: string[]): Run => run('npm', ['run', '--silent', 'demo', '--', ...args]);

/** The programs of a control plane, its operator and their supervisor all have its directory in their arguments. */
function programsLeft(): readonly string[] {
  const { stdout } = spawnSync('ps', ['-Ao', 'args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(scratch));
}

async function expectNothingLeft(): Promise<void> {
  await eventually(async () => {
    expect(programsLeft()).toEqual([]);
    expect((await readdir(scratch)).filter((name) => !name.endsWith('.yaml'))).toEqual([]);
    return true;
  });
}

async function writeInstallation(name: string, spec: string): Promise<string> {
  const file = join(scratch, name);
  const head = 'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: { name: default }\n';
  await writeFile(file, `${head}spec: ${spec}\n`);
  return file;
}

describe('npm run demo', () => {
  test('--exit ends well once Calico is available, beside another demo that fails, and nothing is left', async () => {
    const malformed = await writeInstallation(
      'malformed.yaml',
      '{ calicoNetwork: { ipPools: [{ cidr: 10.0.0.0/16, encapsulation: Wormhole }] } }',
    );
    const [good, bad] = [demo('--exit', '--nodes', '2'), demo('--exit', '--nodes', '1', '--file', malformed)];
    expect([await good.ended, good.output()]).toEqual([0, expect.stringMatching(/calico-node +2\/2 ready/)]);
    expect(good.output()).toContain('KUBECONFIG is not used');
    expect(good.output()).toMatch(/^ *calico +Available/m);
    expect(good.output()).toMatch(/^ *ippools +Available/m);
    expect(good.output()).toContain('APIServer, Goldmane, Whisker: accepted and stored, but a later release');

    expect([await bad.ended, bad.output()]).toEqual([
      1,
      expect.stringContaining('refused by the API server'),
    ]);
    expect(bad.output()).toMatch(/encapsulation: Unsupported value: "Wormhole"/);
    await expectNothingLeft();
  }, 600_000);

  test('what the operator refuses ends it with the status and the end of the log', async () => {
    const file = await writeInstallation('refused.yaml', '{ imagePullSecrets: [{ name: nope }] }');
    const { ended, output } = demo('--nodes', '1', '--file', file);
    expect([await ended, output()]).toEqual([1, expect.stringContaining('Degraded     True')]);
    expect(output()).toContain('Create it in namespace tigera-operator');
    expect(output()).toMatch(/end of the operator's log:\n(\{.*\}\n)+/);
    await expectNothingLeft();
  }, 600_000);

  test('without --exit it stays; the changes that it proposes do what it says; Ctrl-C ends it', async () => {
    const { child, output, ended } = run(process.execPath, ['test/demo/main.ts', '--nodes', '1']);
    await eventually(() => output().includes('Ctrl-C ends'), { timeout: 300_000 });
    const kubeconfig = /export KUBECONFIG=(\S+)/.exec(output())?.[1] ?? '';
    const api = await clientOf(kubeconfig);
    try {
      const daemonSet = '/apis/apps/v1/namespaces/calico-system/daemonsets/calico-node';
      const before = await api.get(daemonSet);
      await api.delete(daemonSet);
      await eventually(async () => {
        const uid = (await api.find(daemonSet))?.metadata.uid;
        return uid !== undefined && uid !== before.metadata.uid;
      });

      const patch = encapsulationPatch((await readWhatToInstall(stockFile)).installation);
      expect(output()).toContain(`--type json -p '${JSON.stringify(patch)}'`);
      await api.request('PATCH', '/apis/operator.tigera.io/v1/installations/default', {
        json: patch,
        contentType: 'application/json-patch+json',
      });
      const pool = '/apis/crd.projectcalico.org/v1/ippools/default-ipv4-ippool';
      await eventually(async () => {
        expect(await api.get(pool)).toMatchObject({ spec: { vxlanMode: 'Always' } });
        return true;
      });

      const status = / {2}(\S+) (\S+) status$/m.exec(output());
      const shown = spawnSync(status?.[1] ?? '', [status?.[2] ?? '', 'status'], {
        cwd: repository,
        encoding: 'utf8',
        env: { ...process.env, KUBECONFIG: kubeconfig },
      });
      expect(shown.stdout).toMatch(/default-ipv4-ippool +192\.168\.0\.0\/16 +VXLAN /);
      const metrics = await fetch(/Metrics: (\S+)/.exec(output())?.[1] ?? '');
      expect(await metrics.text()).toContain('calico_operator_drift_repairs_total{kind="DaemonSet"} 1');
    } finally {
      api.close();
      // As a terminal does it: the whole group gets the signal.
      process.kill(-child.pid!, 'SIGINT');
    }
    expect(await ended).toBe(0);
    await expectNothingLeft();
  }, 600_000);

  test.each([
    [['--nodez', '2'], "unknown option '--nodez'"],
    [['--nodes', 'many'], 'Give a number of at least 1'],
    [['--file', '/nowhere/my.yaml'], '/nowhere/my.yaml is not readable'],
  ])('%j is refused before anything starts', async (args, message) => {
    const { ended, output } = demo(...args);
    expect([await ended, output()]).toEqual([1, expect.stringContaining(message)]);
    expect(output()).not.toContain('control plane …');
  });
});

async function clientOf(kubeconfig: string): Promise<ApiClient> {
  const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8')) as {
    clusters: readonly { cluster: Record<string, string> }[];
    users: readonly { user: Record<string, string> }[];
  };
  const { cluster = {} } = clusters[0] ?? {};
  const { user = {} } = users[0] ?? {};
  const decode = (text = ''): string => Buffer.from(text, 'base64').toString();
  return new ApiClient(cluster['server'] ?? '', {
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });
}
