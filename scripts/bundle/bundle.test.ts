import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bundle, bundle, repository, sizeLimit } from './bundle.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundle-'));
});
afterAll(() => rm(directory, { recursive: true }));

const src = (file: string): string => JSON.stringify(join(repository, 'src', file));

/** A program with every library of the process in it, that starts, works and stops. */
const program = `
import { systemClock } from ${src('clock.ts')};
import { version } from ${src('commands/version.ts')};
import { readKubeconfig } from ${src('kube/kubeconfig.ts')};
import { OperatorProcess } from ${src('runtime/operator-process.ts')};
import { createHttpServer } from ${src('telemetry/http-server.ts')};
import { createLogger } from ${src('telemetry/logger.ts')};
import { createMetrics } from ${src('telemetry/metrics.ts')};

const logger = createLogger({ level: 'info', fields: { version } });
const metrics = createMetrics({ version, calicoVersion: 'v0', leaseName: 'operator-lock' });
const server = createHttpServer({ host: '127.0.0.1', port: 0, metrics, clock: systemClock, logger });
class Trial extends OperatorProcess {
  async init() {
    await server.start();
    const response = await fetch('http://127.0.0.1:' + server.address.port + '/metrics');
    const uri = this.getCustomResourceApiUri('', 'v1', 'secrets');
    logger.info('Works', { status: response.status, uri, className: this.constructor.name });
    await server.stop();
  }
}
process.env.KUBECONFIG = '/nowhere/at/all';
const kubeConfig = readKubeconfig(process.argv[2]);
const trial = new Trial({ kubeConfig, client: {}, source: () => Promise.resolve(), resources: [], fieldManager: 'trial', clock: systemClock, logger });
await trial.start();
await trial.shutdown();
`;

const kubeconfig = `apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 'https://api.example:6443'}}]
users: [{name: u, user: {token: abc}}]
`;

async function make(name: string, text: string): Promise<{ outfile: string; made: Bundle }> {
  const entry = join(directory, `${name}.ts`);
  const outfile = join(directory, `${name}.mjs`);
  await writeFile(entry, text);
  return { outfile, made: await bundle({ entry, outfile, version: '9.8.7' }) };
}

describe('the bundle', () => {
  let outfile: string;
  let made: Bundle;
  beforeAll(async () => {
    ({ outfile, made } = await make('whole', program));
  });

  test('runs alone, away from node_modules, with its version and its class names', async () => {
    const config = join(directory, 'kubeconfig');
    await writeFile(config, kubeconfig);
    const began = performance.now();
    const child = spawnSync(process.execPath, [outfile, config], { encoding: 'utf8', cwd: directory });
    console.log(`started, worked and stopped in ${Math.round(performance.now() - began)} ms`);
    expect(child.stderr).toBe('');
    const lines = child.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({
      msg: 'Works',
      version: '9.8.7',
      status: 200,
      uri: 'https://api.example:6443/api/v1/secrets',
      className: 'Trial',
    });
    expect(child.status).toBe(0);
  });

  test('fits its limit, with room for the program itself', () => {
    console.log(`${(made.bytes / 1024 / 1024).toFixed(2)} MiB`);
    expect(made.bytes).toBeLessThan(sizeLimit - 512 * 1024);
  });

  test('holds no generated models, and nothing that only overridden code would use', () => {
    const sizes = new Map(made.packages);
    expect(sizes.get('@kubernetes/client-node')).toBeLessThan(64 * 1024);
    for (const name of ['gaxios', 'node-fetch', 'thread-stream', 'ws', 'isomorphic-ws', 'tar-fs']) {
      expect([name, sizes.get(name)]).toEqual([name, undefined]);
    }
  });

  test('is the same bytes again', async () => {
    const again = join(directory, 'elsewhere', 'again.mjs');
    await bundle({ entry: join(directory, 'whole.ts'), outfile: again, version: '9.8.7' });
    expect((await readFile(again)).equals(await readFile(outfile))).toBe(true);
  });
});

test('a name of the client library that the bundle leaves out fails the build, not the program', async () => {
  const text = `import { CoreV1Api } from '@kubernetes/client-node'; console.log(CoreV1Api);`;
  await expect(make('greedy', text)).rejects.toThrow('CoreV1Api');
});
