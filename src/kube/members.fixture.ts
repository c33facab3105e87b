/** Objects whose omitted members must not be read: for tests of projections. Never imported by the program. */
import type { Members } from './skim.ts';

/** A copy in which reading an omitted member throws, whether it was there or not. */
export function forbidding<T extends object>(object: T, omitted: Members): T {
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(object));
  for (const [name, rule] of Object.entries(omitted)) {
    if (rule === true) {
      Object.defineProperty(copy, name, {
        enumerable: false,
        get: () => {
          throw new Error(`${name} was read`);
        },
      });
    } else {
      copy[name] = forbidding(copy[name] ?? {}, rule);
    }
  }
  return copy as T;
}
