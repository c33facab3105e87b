/** Tells whether something is what it was, without keeping it. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './json.ts';

/** A hash of a value of JSON, the same for any order of keys; of Secrets too, since it can't be read back. */
export function digest(value: object): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64');
}
