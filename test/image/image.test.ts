/** The image as it is shipped: what is in it, and how it runs under the limits of a pod on a real control plane. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { Bom } from '../../scripts/image/sbom.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import {
  applyInstallation,
  calicoNodePath,
  installationManager,
  operatorInstalled,
  stockSpec,
  untilPasses,
  untilReady,
} from '../cluster/harness.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { AccountFolder, isAccepted } from './account.ts';
import { type OperatorContainer, startContainer, useDocker } from './container.ts';
import { type Docker, startDocker } from './docker.ts';
import { buildContext, buildImage, filesOf, inspectImage, makeBase, readFromImage } from './images.ts';
import { fakeTime } from './packages.ts';

const minute = 60_000;
// A thousand fake nodes take a busy machine minutes, and an idle one less than one.
jest.setTimeout(15 * minute);

const mebibyte = 1024 ** 2;
/** Without the CSI driver: half the pods for the fake kubelets, and the same for the operator. */
const spec = { ...stockSpec, kubeletVolumePluginPath: 'None' };
const cluster = useFreshCluster(operatorInstalled);

/** What ends that which was started, the last first, also where a later step failed. */
type Stops = (() => Promise<void>)[];
async function stopAll(stops: Stops): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

const stops: Stops = [];
let docker: Docker;
let scratch: string;
const image = 'calico-operator-test:first';
const again = 'calico-operator-test:second';

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'calico-operator-image-'));
  stops.push(() => rm(scratch, { recursive: true, force: true }));
  docker = await startDocker(cluster());
  stops.push(() => docker.stop());
  useDocker(docker);
  const dist = join(scratch, 'dist');
  const build = [
    join(repository, 'scripts', 'build.ts'),
    `--outfile=${join(dist, 'calico-operator.mjs')}`,
    '--sbom',
  ];
  execFileSync(process.execPath, build, { cwd: repository });
  const [base, context] = [await makeBase(docker, scratch), buildContext(scratch, dist)];
  for (const tag of [image, again]) await buildImage(docker, { base, context, tag });
}, 15 * minute);
afterAll(() => stopAll(stops));

describe('content', () => {
  test('is small, and the same each time', async () => {
    const [first, second] = await Promise.all([image, again].map((tag) => inspectImage(docker, tag)));
    process.stderr.write(`  ${((first?.Size ?? 0) / 1e6).toFixed(1)} MB\n`);
    expect(first?.Size).toBeLessThan(150e6);
    expect(first?.RootFS.Layers).toHaveLength(1);
    expect(second?.RootFS.Layers).toEqual(first?.RootFS.Layers);
    expect(first?.Config.User).toMatch(/^\d+:\d+$/);
    expect(first?.Config.Labels).toMatchObject({ 'org.opencontainers.image.licenses': 'Apache-2.0' });
  });

  test('is Node, its libraries and the bundle: no shell, no package manager', async () => {
    // What Docker itself puts into every container.
    const made = /^(\.dockerenv|dev\/console|etc\/(hostname|hosts|mtab|resolv\.conf))$/;
    const files = (await filesOf(docker, image, scratch)).filter((path) => !made.test(path));
    const libraries = files.filter((path) => /\.so(\.|$)/.test(path));
    expect(files.filter((path) => !libraries.includes(path)).toSorted()).toEqual([
      'calico-operator.mjs',
      'etc/group',
      'etc/passwd',
      'sbom.cdx.json',
      'usr/local/bin/node',
    ]);
    expect(libraries.length).toBeLessThan(10);
  });

  test('is listed in its bill of materials', async () => {
    const bom = JSON.parse(await readFromImage(docker, image, 'sbom.cdx.json', scratch)) as Bom;
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { timestamp: '2023-11-14T22:13:20.000Z' },
    });
    const names = bom.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['undici', 'pino', 'node', '/usr/local/bin/node']));
    expect(names).not.toContain('esbuild');
    expect(bom.components.find(({ name }) => name === 'node')?.version).toBe(process.versions.node);
  });

  test('runs without a cluster, too', async () => {
    expect(await docker.run('run', '--rm', '--network=none', '--read-only', image, 'version')).toMatch(
      /Calico +v3/,
    );
  });
});

/** Waits until what somebody took away is back, written by the operator. */
async function untilRepaired(): Promise<void> {
  const { api } = cluster();
  const path = '/api/v1/namespaces/calico-system/configmaps/cni-config';
  const before = await api.get<KubeObject>(path);
  await api.delete(path);
  await untilPasses(
    async () => {
      const { metadata } = await api.get<KubeObject>(path);
      expect(metadata.uid).not.toBe(before.metadata.uid);
      expect(metadata.managedFields?.[0]?.manager).toBe(installationManager);
    },
    { description: 'the operator to repair what is gone' },
  );
}

interface Lease extends KubeObject {
  readonly spec: { readonly holderIdentity?: string; readonly renewTime?: string };
}

const readLease = async (): Promise<Lease['spec']> =>
  (
    await cluster().api.get<Lease>(
      '/apis/coordination.k8s.io/v1/namespaces/tigera-operator/leases/operator-lock',
    )
  ).spec;

describe('as a pod', () => {
  let account: AccountFolder;
  const containers: Stops = [];
  afterAll(() => stopAll(containers));
  let operator: OperatorContainer;

  beforeAll(async () => {
    account = new AccountFolder(cluster(), join(scratch, 'account'));
    await account.renew();
    operator = await startContainer(cluster(), { image, account: account.path, memory: 160 * mebibyte });
    containers.push(() => operator.remove());
    await operator.ready();
  });

  /** What the process itself finds; there is no other program to ask. */
  async function ask(script: string): Promise<string> {
    const { output } = await operator.started.exec(['/usr/local/bin/node', '-e', script]);
    return output.trim();
  }

  test('it has a number for a user, no capability, and nowhere to write', async () => {
    const status = await ask(`console.log(fs.readFileSync('/proc/1/status', 'utf8'))`);
    expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    for (const path of ['/x', '/tmp/x', '/etc/x', '/calico-operator.mjs']) {
      const said = await ask(`try { fs.writeFileSync('${path}', '') } catch (e) { console.log(e.code) }`);
      expect([path, said]).toEqual([path, expect.stringMatching(/^(EROFS|ENOENT|EACCES)$/)]);
    }
  });

  test('it installs Calico on a thousand nodes within 160 MiB', async () => {
    const began = performance.now();
    await cluster().createNodes(1000, { first: 3 });
    await applyInstallation(cluster().api, spec);
    await untilReady(cluster().api, 10 * minute);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const { usage, peak, limit } = await operator.memory();
    const [used, most] = [usage, peak ?? usage].map((bytes) => (bytes / mebibyte).toFixed(0));
    process.stderr.write(`  ${seconds} s; memory: ${used} MiB, ${most} MiB at most, page cache included\n`);
    expect(limit).toBe(160 * mebibyte);
    expect(await operator.state()).toMatchObject({ Running: true, OOMKilled: false });
  });

  test('it goes on with a new token when the old one is refused', async () => {
    const former = account.token;
    await account.renew();
    await account.revokeFormer();
    await untilPasses(async () => expect(await isAccepted(cluster(), former)).toBe(false), {
      description: 'the old token to be refused',
    });
    await untilRepaired();
    expect((await operator.state()).Running).toBe(true);
  });

  test('it ends by SIGTERM, with 0, within ten seconds', async () => {
    // Docker kills it after that time, which gives another code.
    await operator.terminate();
    expect(await operator.state()).toMatchObject({ Running: false, ExitCode: 0 });
    expect((await readLease()).holderIdentity ?? '').toBe('');
  });
});

describe('when the clock of its node jumps', () => {
  const hour = 3_600_000;
  const containers: Stops = [];
  afterAll(() => stopAll(containers));
  let operator: OperatorContainer;
  let clock: string;

  /** Time of the last line of the log, milliseconds since the epoch. */
  async function lastLogged(): Promise<number> {
    const lines = (await operator.logs()).trimEnd().split('\n');
    const line = lines.findLast((each) => each.includes('"time"')) ?? '';
    const { time } = JSON.parse(line.slice(line.indexOf('{'))) as { readonly time: string | number };
    return new Date(time).getTime();
  }

  beforeAll(async () => {
    const folder = join(scratch, 'clock');
    clock = join(folder, 'now');
    await mkdir(folder);
    await copyFile(fakeTime, join(folder, 'libfaketime.so.1'));
    await writeFile(clock, '+0\n');
    const account = new AccountFolder(cluster(), join(scratch, 'account-of-clock'));
    await cluster()
      .api.delete('/api/v1/namespaces/tigera-operator/secrets/token-1')
      .catch(() => undefined);
    await account.renew();
    operator = await startContainer(cluster(), {
      image,
      account: account.path,
      folders: { '/clock': folder },
      environment: {
        LD_PRELOAD: '/clock/libfaketime.so.1',
        FAKETIME_TIMESTAMP_FILE: '/clock/now',
        FAKETIME_NO_CACHE: '1',
        // As with a clock that is set: time since the start goes on.
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    });
    containers.push(() => operator.remove());
    await operator.ready();
    await untilPasses(async () => expect((await readLease()).holderIdentity ?? '').not.toBe(''), {
      description: 'the operator to lead',
      timeout: minute,
    });
    await applyInstallation(cluster().api, spec);
    await untilReady(cluster().api, 10 * minute);
  });

  test.each([
    ['three hours forward', '+3h', 3 * hour],
    ['back, by four hours', '-1h', -hour],
  ])('%s: it keeps the Lease, repairs, and restarts no pod', async (_name, offset, expected) => {
    const before = (await cluster().api.get<KubeObject>(calicoNodePath)).metadata;
    const { holderIdentity } = await readLease();
    const isThere = (time: number): boolean => Math.abs(time - Date.now() - expected) < 0.2 * hour;
    await writeFile(clock, `${offset}\n`);
    await untilRepaired();
    await untilPasses(
      async () => {
        const { holderIdentity: holder, renewTime = '' } = await readLease();
        expect([holder, renewTime, isThere(Date.parse(renewTime))]).toEqual([
          holderIdentity,
          renewTime,
          true,
        ]);
      },
      { description: 'the Lease to be renewed by the new time' },
    );
    expect(isThere(await lastLogged())).toBe(true);
    const after = (await cluster().api.get<KubeObject>(calicoNodePath)).metadata;
    expect([after.uid, after.generation]).toEqual([before.uid, before.generation]);
    expect((await operator.state()).Running).toBe(true);
    expect(await operator.logs()).not.toContain('Lost leadership');
  });
});
