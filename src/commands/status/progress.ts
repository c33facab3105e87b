/** What has changed between two looks, line by line. Pure. */
import type { StatusReport } from './report.ts';

/** Lines about what is new or different; of the first look, all that is worth telling. */
export function describeProgress(before: StatusReport | undefined, after: StatusReport): readonly string[] {
  const told = new Set(before === undefined ? [] : statements(before));
  return statements(after).filter((line) => !told.has(line));
}

function statements({ message, conditions, components, troubles }: StatusReport): readonly string[] {
  return [
    message,
    ...conditions
      .filter(({ type, status }) => (type === 'Progressing' || type === 'Degraded') && status === 'True')
      .flatMap(({ type, message: text }) => text.split('\n').map((line) => `${type}: ${line}`)),
    ...components.map(({ name, ready, desired }) => `${name}: ${ready}/${desired} ready`),
    ...troubles
      .filter(({ severity }) => severity === 'failing')
      .map(({ node = '(no node yet)', component, text }) => `${node}: ${component}: ${text}`),
  ];
}
