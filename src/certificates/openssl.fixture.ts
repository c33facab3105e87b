/** OpenSSL's verifier as an oracle for tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { testTime } from './fixtures.ts';

/** Runs `openssl verify -x509_strict` over leaves of one authority and returns what it prints; throws when it refuses. */
export function verifyStrictly(
  authority: string,
  leaves: readonly string[],
  purpose: string,
  at = testTime,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  try {
    const files = leaves.map((leaf, index) => file(`${index}.pem`, leaf));
    const trusted = file('ca.pem', authority);
    const time = String(Math.floor(at / 1000));
    return execFileSync(
      'openssl',
      ['verify', '-x509_strict', '-attime', time, '-purpose', purpose, '-CAfile', trusted, ...files],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hasOpenssl = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL');
  } catch {
    return false;
  }
})();

/** A test that needs the program `openssl`; says so where it is missing. */
export function testWithOpenssl(name: string, check: () => void | Promise<void>): void {
  if (hasOpenssl) test(name, check);
  else console.warn(`openssl is not installed: "${name}" is skipped`);
}
