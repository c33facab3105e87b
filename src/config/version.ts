/** The program's version. */
import { readFileSync } from 'node:fs';

/** Put in by the bundler (scripts/bundle/bundle.ts); from sources it does not exist. */
declare const BUNDLED_VERSION: string | undefined;

/** Version of this program, as in package.json. */
export const version: string = typeof BUNDLED_VERSION === 'string' ? BUNDLED_VERSION : versionOfSources();

function versionOfSources(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
