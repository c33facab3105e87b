import type { Installation } from '../../api/installation.ts';
import { asksForWindows } from '../../resolve/windows/needs.ts';
import type { Scope } from './report.ts';
import type { Stores } from './stores.ts';

/** What an Installation is about, as far as it shows without a decision: of refused ones and of those that go. */
export function scopeOf(installation: Installation, stores: Pick<Stores, 'installations'>): Scope {
  const overlay = stores.installations.get('overlay');
  return { windows: asksForWindows({ installation, ...(overlay === undefined ? {} : { overlay }) }) };
}
