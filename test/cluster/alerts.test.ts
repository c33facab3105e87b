/** The alerts of the chart as Prometheus evaluates them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dump, load } from 'js-yaml';

import { streamProgress } from '../control-plane/build/progress.ts';
import { chartDirectory, runProgram } from './clients.ts';
import { type AlertCase, alertCases, type Firing } from './fixtures/alert-cases.ts';
import { prometheusProgram } from './prometheus-programs.ts';

interface Rule {
  readonly alert: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const ruleFile = join(chartDirectory, 'files', 'alerts.yaml');
let promtool: string;
let rules: readonly Rule[];
let scratch: string;

beforeAll(async () => {
  promtool = await prometheusProgram('promtool', streamProgress());
  scratch = await mkdtemp(join(tmpdir(), 'calico-operator-alerts-'));
  const { groups } = load(await readFile(ruleFile, 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  };
  rules = groups.flatMap((group) => group.rules);
  // promtool may have to be downloaded first.
}, 600_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A text of an alert with its labels and its value, as a person reads it. */
function filledIn(template: string, { labels, value = '' }: Firing): string {
  return template
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '')
    .replaceAll(/\{\{ \$value (\| printf "%\.0f" )?\}\}/g, value);
}

function testOf({ alert, what, series, minute, fires }: AlertCase): object {
  const { annotations = {} } = rules.find((rule) => rule.alert === alert) ?? {};
  const expected = fires.map((firing) => ({
    exp_labels: firing.labels,
    exp_annotations: Object.fromEntries(
      Object.entries(annotations).map(([name, template]) => [name, filledIn(template, firing)]),
    ),
  }));
  return {
    name: `${alert}: ${what}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ eval_time: `${minute}m`, alertname: alert, exp_alerts: expected }],
  };
}

test.each(alertCases)('$alert: $what', async (each) => {
  const file = join(scratch, `${alertCases.indexOf(each)}.yaml`);
  const content = { rule_files: [ruleFile], evaluation_interval: '1m', tests: [testOf(each)] };
  await writeFile(file, dump(content));
  const { code, stdout, stderr } = await runProgram(promtool, ['test', 'rules', file]);
  expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
});

test('there is a case in which each alert fires, and one in which it does not', () => {
  const names = rules.map(({ alert }) => alert).sort();
  const withCase = (fires: boolean): readonly string[] =>
    [
      ...new Set(alertCases.filter((each) => each.fires.length > 0 === fires).map(({ alert }) => alert)),
    ].sort();
  expect([withCase(true), withCase(false)]).toEqual([names, names]);
});
