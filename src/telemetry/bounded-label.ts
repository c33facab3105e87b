/** Labels whose values come from outside and must not grow without end. */

/** Passes the first `limit` different values on and answers `other` for those that come later. */
export function boundLabel(limit: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (!seen.has(value)) {
      if (seen.size >= limit) return 'other';
      seen.add(value);
    }
    return value;
  };
}
