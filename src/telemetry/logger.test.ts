import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type LoggerOptions, createLogger } from './logger.ts';
import { redact } from './redact.ts';

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', write: (line) => lines.push(line), ...options });
  return { lines, logger, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('a line', () => {
  test('is one JSON object with RFC 3339 time, level name, constant message and the fields', () => {
    const { lines, logger, parsed } = capture({ fields: { version: '1.2.3' } });
    logger
      .with({ controller: 'installation' })
      .with({ key: 'default' })
      .warn('Refused', { field: 'spec.mtu' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(parsed()[0]).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
      version: '1.2.3',
      controller: 'installation',
      key: 'default',
      field: 'spec.mtu',
      msg: 'Refused',
    });
  });

  test('below the level is not written', () => {
    const { lines, logger } = capture({ level: 'warn' });
    logger.debug('a');
    logger.info('b');
    expect(lines).toEqual([]);
    logger.error('c');
    expect(lines).toHaveLength(1);
  });

  test('an error keeps name, message, code, cause and a short stack', () => {
    const { logger, parsed } = capture();
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 409 });
    logger.error('Failed', { error });
    expect(parsed()[0]?.error).toMatchObject({
      name: 'TypeError',
      message: 'outer',
      code: 409,
      cause: { message: 'inner' },
      stack: expect.stringContaining('logger.test.ts') as unknown,
    });
  });

  test('whatever is logged, a line comes out', () => {
    const { logger, parsed } = capture();
    const loop: Record<string, unknown> = {
      big: 2n ** 70n,
      fn: () => 1,
      map: new Map([['a', new Set([1])]]),
    };
    loop.self = loop;
    logger.info('Odd', { loop, list: Array.from({ length: 500 }, (_, index) => index), nothing: undefined });
    expect(parsed()[0]?.loop).toMatchObject({ big: '1180591620717411303424', map: { a: [1] } });
    expect((parsed()[0]?.list as unknown[]).length).toBe(51);
  });

  test('reaches standard output although the process exits at once', () => {
    const script = `import { createLogger } from ${JSON.stringify(new URL('logger.ts', import.meta.url).href)};
      createLogger({ level: 'info' }).info('Last words'); process.exit(3);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect([child.status, (JSON.parse(child.stdout) as { msg: string }).msg]).toEqual([3, 'Last words']);
  });
});

const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = {
  pkcs8: ec.export({ type: 'pkcs8', format: 'pem' }),
  sec1: ec.export({ type: 'sec1', format: 'pem' }),
  pkcs1: rsa.export({ type: 'pkcs1', format: 'pem' }),
};
const token =
  'eyJhbGciOiJSUzI1NiIsImtpZCI6InQifQ.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';

/** The parts of a secret that must not be seen: 24 characters from its inside, raw and in base64. */
function tracesOf(secret: string): string[] {
  const compact = secret.replace(/-----[^-]*-----|\s/g, '');
  const middle = Math.floor(compact.length / 2);
  const inBase64 = Buffer.from(secret).toString('base64');
  return [compact.slice(middle, middle + 24), inBase64.slice(60, 84)];
}

describe('secrets never come out', () => {
  test.each(Object.entries(keys))('a private key (%s), wherever it stands', (_format, key) => {
    const pem = String(key);
    const base64 = Buffer.from(pem).toString('base64');
    const places: Record<string, unknown> = {
      text: `could not parse ${pem} as a key`,
      escaped: JSON.stringify({ x: pem }),
      encoded: `tls: ${base64}`,
      cutOff: pem.slice(0, -60),
      list: [{ deep: { note: pem } }],
      map: new Map([['k', base64]]),
      error: new Error(`bad key ${pem}`, { cause: new Error(base64) }),
      key: 'kept',
    };
    const { lines, logger, parsed } = capture();
    logger.error(`Message with ${pem}`, places);
    logger.with(places).info('Bound');
    for (const trace of tracesOf(pem)) expect(lines.join('')).not.toContain(trace);
    expect(parsed()[0]).toMatchObject({
      key: 'kept',
      text: 'could not parse [redacted private key]\n as a key',
    });
  });

  test.each([
    ['a header', `Authorization: Bearer ${token}`],
    ['a bare token', `used ${token} twice`],
    ['an opaque token', 'authorization: bearer abcdef0123456789.opaque~token'],
    ['a URL', 'https://admin:s3cr3t-pass@registry.example/v2/'],
    ['a query', 'GET /login?password=s3cr3t-pass&next=/'],
    ['YAML', 'users:\n- user:\n    token: opaque0123456789\n    client-key-data: s3cr3t-pass'],
    ['JSON', '{"password":"s3cr3t-pass","a":1}'],
  ])('%s inside a text', (_place, text) => {
    const { lines, logger } = capture();
    logger.info('Request', { text, error: new Error(text) });
    const line = lines.join('');
    for (const secret of [token.slice(30, 60), 'abcdef0123456789', 's3cr3t-pass', 'opaque0123456789']) {
      expect(line).not.toContain(secret);
    }
  });

  test('data of Secrets, by kind, whatever it looks like; names of keys stay', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'tigera-pull-secret',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"a":"hunter2"}}' },
      },
      data: { 'tls.crt': 'cHVibGlj', other: 'aHVudGVyMg==' },
      stringData: { plain: 'hunter2' },
    };
    const { lines, logger, parsed } = capture();
    logger.info('Object', { items: [secret] });
    expect(lines.join('')).not.toMatch(/hunter2|aHVudGVyMg|cHVibGlj/);
    expect(parsed()[0]).toMatchObject({
      items: [{ metadata: { name: 'tigera-pull-secret' }, data: { other: '[redacted]' } }],
    });
  });

  test.each([
    'token',
    'bearerToken',
    'Authorization',
    'client-key-data',
    'tls.key',
    '.dockerconfigjson',
    'privateKey',
    'password',
  ])('a field named %s', (name) => {
    expect(redact({ [name]: 'hunter2', nested: [{ [name]: { a: 'hunter2' } }] })).toEqual({
      [name]: '[redacted]',
      nested: [{ [name]: '[redacted]' }],
    });
  });

  test('an environment variable of such a name', () => {
    expect(
      redact([
        { name: 'API_TOKEN', value: 'hunter2' },
        { name: 'FELIX_MTU', value: '1440' },
      ]),
    ).toEqual([
      { name: 'API_TOKEN', value: '[redacted]' },
      { name: 'FELIX_MTU', value: '1440' },
    ]);
  });

  test('what is public stays readable, and nothing logged is changed', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const fields = {
      certificate: pem,
      encoded: Buffer.from(pem).toString('base64'),
      object: 'Secret tigera-operator/node-certs',
      configMap: { kind: 'ConfigMap', data: { 'ca.crt': pem } },
      automountServiceAccountToken: false,
      message: 'secrets "typha-certs" is forbidden: the token of system:serviceaccount:a:b lacks the verb',
    };
    const before = structuredClone(fields);
    expect(redact(fields)).toEqual(before);
    expect(fields).toEqual(before);
  });
});
