import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { afterEach, expect, test } from '@jest/globals';

import { coreCertificates } from '../../src/certificates/constants.ts';
import { systemGenerator } from '../../src/certificates/generator.ts';
import { makeAuthority, makeLeaf, type Signed } from '../../src/certificates/sign.ts';
import type { Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { TestContainer } from './container.ts';
import { secretData } from './environment.ts';
import { useOperands } from './fixture.ts';

/** The real Typha and the real Felix let each other in with what the operator issued, and with nothing else. */
const typhaMetricsPort = 9093;
const waiting = { timeout: 120_000 };

let typhaContainer: TestContainer;
let nodeContainer: TestContainer;
const operands = useOperands({ typha: { mode: 'Always' }, typhaMetricsPort }, async (started) => {
  typhaContainer = await started.container('calico-typha', 'calico-typha');
  nodeContainer = await started.container('calico-node', 'calico-node');
  expect((await nodeContainer.exec(['/bin/calico-node', '-startup'])).code).toBe(0);
});

const running: Program[] = [];
afterEach(async () => {
  for (const program of running.splice(0).toReversed()) await program.stop('SIGKILL');
});

/** Puts a pair into the file system of a container. */
async function place(container: TestContainer, { certificate, privateKey }: Signed) {
  const script = 'printf %s "$CERTIFICATE" > /tmp/other.crt && printf %s "$KEY" > /tmp/other.key';
  const { code, stderr } = await container.exec(['sh', '-c', script], {
    CERTIFICATE: certificate,
    KEY: privateKey,
  });
  if (code !== 0) throw new Error(`the pair can't be written in ${container.name}: ${stderr}`);
  return { certificate: '/tmp/other.crt', key: '/tmp/other.key' };
}

/** A pair like that of the operator, but of an authority that nobody here trusts; made at that time, which is in its name. */
async function foreign(secretName: string, made = Date.now() - 3_600_000): Promise<Signed> {
  const wanted = coreCertificates.find((each) => each.secretName === secretName);
  if (!wanted) throw new Error(`${secretName} is no pair of the operator`);
  return makeLeaf(wanted, await makeAuthority(made, systemGenerator), made, systemGenerator);
}

/** The same of an authority that even has the name of ours: a client shows its pair to whoever trusts that name. */
async function forged(secretName: string): Promise<Signed> {
  const { issuer } = new X509Certificate((await issued(secretName)).certificate);
  return foreign(secretName, Number(/@(\d+)/.exec(issuer)?.[1]) * 1000);
}

/** A pair of the operator. */
async function issued(secretName: string): Promise<Signed> {
  const data = await secretData(operands().cluster.api, 'calico-system', secretName);
  return { certificate: String(data['tls.crt']), privateKey: String(data['tls.key']) };
}

/** Starts Typha, if need be with another pair, and waits until it is ready. */
async function startTypha(pair?: Signed): Promise<Program> {
  const other = pair && (await place(typhaContainer, pair));
  const env: Readonly<Record<string, string>> =
    other === undefined ? {} : { TYPHA_SERVERCERTFILE: other.certificate, TYPHA_SERVERKEYFILE: other.key };
  const typha = await typhaContainer.run(['/usr/bin/calico-typha'], env);
  running.push(typha);
  await eventually(async () => (await typhaContainer.probe('readinessProbe')) === undefined, {
    ...waiting,
    description: 'Typha to be ready',
  });
  return typha;
}

/** Starts Felix, if need be with another pair. */
async function startFelix(pair?: Signed): Promise<Program> {
  const other = pair && (await place(nodeContainer, pair));
  const env: Readonly<Record<string, string>> =
    other === undefined ? {} : { FELIX_TYPHACERTFILE: other.certificate, FELIX_TYPHAKEYFILE: other.key };
  const felix = await operands().startFelix(nodeContainer, env);
  running.push(felix);
  return felix;
}

/** What Typha counts of its clients: connections that came, and Felix that it serves. */
async function clients(): Promise<{ readonly accepted: number; readonly served: number }> {
  const { body = '' } = (await operands().node.read(typhaMetricsPort, '/metrics')) ?? {};
  const metric = (name: string): number =>
    Number(
      body
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1] ?? NaN,
    );
  return {
    accepted: metric('typha_connections_accepted'),
    served: metric('typha_connections_streaming{syncer="felix"}'),
  };
}

const felixReadiness = () => operands().node.get(9099, '/readiness');

/** What was written to a log since it had so many characters. */
const logSince = async ({ logFile }: Program, length: number): Promise<string> =>
  (await readFile(logFile, 'utf8')).slice(length);
const lengthOf = async ({ logFile }: Program): Promise<number> => (await readFile(logFile, 'utf8')).length;

test('with the pairs that were issued Typha serves Felix, which is ready', async () => {
  await startTypha();
  await startFelix();
  await eventually(
    async () => {
      expect(await clients()).toMatchObject({ served: 1 });
      expect(await felixReadiness()).toBe(200);
      return true;
    },
    { ...waiting, description: 'Felix to be served' },
  );
});

interface Refusal {
  /** The pair that one of them shows instead of its own. */
  readonly typha?: () => Promise<Signed>;
  readonly felix?: () => Promise<Signed>;
  /** What either says. */
  readonly typhaSays: RegExp;
  readonly felixSays: RegExp;
}

const unknownAuthority = /x509: certificate signed by unknown authority/;
const otherName = /peer certificate does not have required CN/;
const sentAway = /remote error: tls: |EOF|connection reset/;

test.each<[string, Refusal]>([
  [
    'Typha refuses a client of a foreign authority',
    {
      felix: () => foreign('node-certs'),
      typhaSays: /client didn't provide a certificate/,
      felixSays: sentAway,
    },
  ],
  [
    'Typha refuses a client of an authority that only has the name of ours',
    { felix: () => forged('node-certs'), typhaSays: unknownAuthority, felixSays: sentAway },
  ],
  [
    'Typha refuses a client of our authority that has not the name of calico-node',
    { felix: () => issued('typha-certs'), typhaSays: otherName, felixSays: sentAway },
  ],
  [
    'Felix refuses a server of a foreign authority',
    { typha: () => foreign('typha-certs'), typhaSays: sentAway, felixSays: unknownAuthority },
  ],
  [
    'Felix refuses a server of an authority that only has the name of ours',
    { typha: () => forged('typha-certs'), typhaSays: sentAway, felixSays: unknownAuthority },
  ],
  [
    'Felix refuses a server of our authority that has not the name of Typha',
    { typha: () => issued('node-certs'), typhaSays: sentAway, felixSays: otherName },
  ],
])('%s', async (_name, { typha: server, felix: client, typhaSays, felixSays }) => {
  const typha = await startTypha(await server?.());
  const before = await lengthOf(typha);
  const felix = await startFelix(await client?.());
  const began = await lengthOf(felix);
  await eventually(
    async () => {
      expect(await logSince(felix, began)).toMatch(felixSays);
      expect(await logSince(typha, before)).toMatch(typhaSays);
      // It has tried again by now.
      expect((await clients()).accepted).toBeGreaterThan(1);
      return true;
    },
    { ...waiting, description: 'both to refuse' },
  );
  expect(await clients()).toMatchObject({ served: 0 });
  expect(await felixReadiness()).toBe(503);
});
