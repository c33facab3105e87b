/** The rules of `promtool check metrics`, on an exposition in text form. */

interface Family {
  readonly name: string;
  help: string | undefined;
  type: string;
  readonly labels: Set<string>;
}

const units: readonly (readonly [RegExp, string])[] = [
  [
    /(^|_)(milli|micro|nano)?(milliseconds?|microseconds?|nanoseconds?|minutes?|hours?|days?)(_|$)/,
    'seconds',
  ],
  [/(^|_)(bits?|kilobytes?|megabytes?|kibibytes?|mebibytes?)(_|$)/, 'bytes'],
  [/(^|_)(percent|percents)(_|$)/, 'ratio'],
];

/** One line for each violation, the metric's name first. */
export function lintExposition(text: string): string[] {
  return [...families(text).values()].flatMap((family) =>
    [...nameProblems(family), ...labelProblems(family)].map((problem) => `${family.name}: ${problem}`),
  );
}

function families(text: string): Map<string, Family> {
  const found = new Map<string, Family>();
  const family = (name: string): Family => {
    const present = found.get(name) ?? { name, help: undefined, type: 'untyped', labels: new Set<string>() };
    found.set(name, present);
    return present;
  };
  for (const line of text.split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    const sample = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? /.exec(line);
    if (comment?.[1] === 'HELP') family(comment[2] ?? '').help = comment[3];
    else if (comment?.[1] === 'TYPE') family(comment[2] ?? '').type = comment[3] ?? '';
    else if (sample !== null) {
      const base = (sample[1] ?? '').replace(/_(bucket|sum|count)$/, '');
      const owner = found.get(sample[1] ?? '') ?? family(base);
      for (const label of (sample[2] ?? '').matchAll(/([A-Za-z_]\w*)="/g)) owner.labels.add(label[1] ?? '');
    }
  }
  return found;
}

function nameProblems({ name, help, type }: Family): string[] {
  const problems: string[] = [];
  if (help === undefined || help === '') problems.push('no help text');
  if (!/^[a-z][a-z0-9_:]*$/.test(name)) problems.push('names are in snake_case');
  if (type === 'counter' && !name.endsWith('_total')) problems.push('a counter ends with _total');
  if (type !== 'counter' && name.endsWith('_total')) problems.push('only a counter ends with _total');
  const suffix = /_(count|sum|bucket)$/.exec(name)?.[1];
  if (suffix !== undefined) problems.push(`only a histogram or summary ends with _${suffix}`);
  if (/(^|_)(gauge|counter|histogram|summary)(_|$)/.test(name)) problems.push('the name contains its type');
  for (const [pattern, unit] of units) if (pattern.test(name)) problems.push(`use base units (${unit})`);
  return problems;
}

function labelProblems({ type, labels, name }: Family): string[] {
  const problems: string[] = [];
  for (const label of labels) {
    if (label === 'le' && type !== 'histogram') problems.push('label le is reserved');
    if (label === 'quantile' && type !== 'summary') problems.push('label quantile is reserved');
    if (!/^[a-z][a-z0-9_]*$/.test(label)) problems.push(`label ${label} is not in snake_case`);
    if (name.endsWith(`_by_${label}`)) problems.push(`the name repeats label ${label}`);
  }
  return problems;
}
