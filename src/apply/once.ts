/** Answers that are computed once. What a function makes of its objects must depend on nothing else. */

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
