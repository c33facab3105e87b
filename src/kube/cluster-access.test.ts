import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../fake-clock.ts';
import { loadClusterAccess } from './cluster-access.ts';

let directory: string;
const clock = new FakeClock();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (name: string, content: string): string => {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
};

const kubeconfig = (
  user: string,
  cluster = '{server: "https://example.test:6443"}',
  current = 'a',
): string => `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: ${cluster}}]
users: [{name: u, user: ${user}}]
contexts: [{name: a, context: {cluster: c, user: u, namespace: n}}, {name: b, context: {cluster: x, user: u}}, {name: d, context: {cluster: c, user: x}}]
current-context: ${current}
`;

const load = (file: string, environment = {}): ReturnType<typeof loadClusterAccess> =>
  loadClusterAccess({ kubeconfig: file, environment, clock });

describe('kubeconfig', () => {
  test('a token, the CA and the context are taken over', async () => {
    const ca = Buffer.from('the ca').toString('base64');
    const cluster = `{server: "https://example.test:6443/prefix/", certificate-authority-data: ${ca}, tls-server-name: s}`;
    const access = await load(write('config', kubeconfig('{token: t, as: someone}', cluster)));
    expect(access).toMatchObject({ server: 'https://example.test:6443/prefix', namespace: 'n' });
    expect(await access.credentials()).toEqual({
      server: 'https://example.test:6443/prefix',
      headers: { Authorization: 'Bearer t', 'Impersonate-User': 'someone' },
      tls: { ca: 'the ca', servername: 's' },
    });
  });

  test('client certificates and basic authentication', async () => {
    write('cert', 'the cert');
    write('key', 'the key');
    const file = write(
      'config',
      kubeconfig('{client-certificate: cert, client-key: key, username: a, password: b}'),
    );
    expect(await (await load(file)).credentials()).toMatchObject({
      headers: { Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
      tls: { cert: 'the cert', key: 'the key' },
    });
  });

  test('a token file is found beside the kubeconfig and read again when the server refuses the token', async () => {
    write('token', 'first\n');
    const access = await load(write('config', kubeconfig('{tokenFile: token}')));
    expect((await access.credentials()).headers).toEqual({ Authorization: 'Bearer first' });
    write('token', 'second\n');
    expect((await access.credentials()).headers).toEqual({ Authorization: 'Bearer first' });
    access.reload();
    expect((await access.credentials()).headers).toEqual({ Authorization: 'Bearer second' });
  });

  test('while files are being replaced, what worked goes on', async () => {
    write('token', 'first');
    const access = await load(write('config', kubeconfig('{tokenFile: token}')));
    rmSync(join(directory, 'token'));
    access.reload();
    expect((await access.credentials()).headers).toEqual({ Authorization: 'Bearer first' });
  });

  test('several files are merged as kubectl does', async () => {
    const first = write(
      'first',
      'apiVersion: v1\ncurrent-context: a\nusers: [{name: u, user: {token: t1}}]\n',
    );
    const second = write('second', kubeconfig('{token: t2}', undefined, 'b'));
    const access = await loadClusterAccess({ environment: { KUBECONFIG: `${first}:${second}` }, clock });
    expect(await access.credentials()).toMatchObject({
      server: 'https://example.test:6443',
      headers: { Authorization: 'Bearer t1' },
    });
  });

  test.each([
    ['', 'is no YAML: expected a document, but the input is empty. Correct'],
    ['[]', 'is no mapping'],
    ['a: [secret', 'is no YAML'],
    ['clusters: [{name: c}]', 'clusters[0].cluster is missing. Correct the file'],
    [kubeconfig('{token: t}', undefined, '""'), 'current-context is not set (contexts: a, b, d)'],
    [kubeconfig('{token: t}', undefined, 'z'), 'there is no context "z" (contexts: a, b, d)'],
    [kubeconfig('{token: t}', undefined, 'b'), 'context "b" names the cluster "x"'],
    [kubeconfig('{token: t}', undefined, 'd'), 'context "d" names the user "x"'],
    [
      kubeconfig('{token: t}', '{server: "example"}'),
      'server of cluster "c" is "example", which is no address',
    ],
    [kubeconfig('{token: t}', '{server: "http://example.test"}'), 'reached without encryption. Use https'],
    [kubeconfig('{token: t}', '{server: "https://e.test", proxy-url: "socks5://p"}'), 'is no HTTP proxy'],
    [kubeconfig('{client-certificate: gone}'), 'no credentials: ENOENT'],
  ])('%#: a mistake names the file and the cure', async (content, message) => {
    const file = write('config', content);
    await expect(load(file)).rejects.toThrow(message);
    await expect(load(file)).rejects.toThrow(file);
    await expect(load(file)).rejects.not.toThrow('secret');
  });

  test('a file that is not there', async () => {
    await expect(load('/nowhere/config')).rejects.toThrow(
      '/nowhere/config: the kubeconfig cannot be read (ENOENT). Check the path',
    );
  });
});

describe('in the cluster', () => {
  const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const inCluster = (): ReturnType<typeof loadClusterAccess> =>
    loadClusterAccess({ environment, clock, serviceAccountDirectory: directory });

  test('token and CA are read again after a while', async () => {
    write('token', 'first');
    write('ca.crt', 'old ca');
    write('namespace', 'tigera-operator\n');
    const access = await inCluster();
    expect(access).toMatchObject({ server: 'https://[fd00::1]:443', namespace: 'tigera-operator' });
    write('token', 'second');
    write('ca.crt', 'new ca');
    expect(await access.credentials()).toMatchObject({ tls: { ca: 'old ca' } });
    await clock.advance(10_000);
    expect(await access.credentials()).toMatchObject({
      headers: { Authorization: 'Bearer second' },
      tls: { ca: 'new ca' },
    });
  });

  test('a pod without a service account', async () => {
    await expect(inCluster()).rejects.toThrow('token is not there. Set automountServiceAccountToken');
  });

  test('neither pod nor kubeconfig: nothing is guessed', async () => {
    await expect(loadClusterAccess({ environment: {}, clock })).rejects.toThrow('Pass --kubeconfig FILE');
  });
});
