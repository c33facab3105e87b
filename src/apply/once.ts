/** Answers that are computed once. What a function makes of its arguments must depend on nothing else. */
import { isDeepStrictEqual } from 'node:util';

/** The function, computed once for each object, as long as somebody holds the object. */
export function once<A extends object, Result>(compute: (a: A) => Result): (a: A) => Result {
  const results = new WeakMap<A, { readonly result: Result }>();
  return (a) => {
    const known = results.get(a) ?? { result: compute(a) };
    results.set(a, known);
    return known.result;
  };
}

/** The same for each pair of objects. */
export function oncePerPair<A extends object, B extends object, Result>(
  compute: (a: A, b: B) => Result,
): (a: A, b: B) => Result {
  const ofFirst = once((a: A) => once((b: B) => compute(a, b)));
  return (a, b) => ofFirst(a)(b);
}

/** The same answer, the very object, for as long as the arguments say what they said the last time. Only the latest is held. */
export function unlessChanged<Arguments extends readonly unknown[], Result>(
  compute: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  let latest: { readonly given: Arguments; readonly result: Result } | undefined;
  return (...given) => {
    if (latest === undefined || !isDeepStrictEqual(latest.given, given)) {
      latest = { given, result: compute(...given) };
    }
    return latest.result;
  };
}
