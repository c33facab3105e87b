/** docs/performance.md, made of the results that lie beside it. */
import { renderTable } from '../table.ts';
import type { ScaleResult } from './measure.ts';
import { judgeScale } from './report.ts';

/** The two scenarios: an API server as it should be, and one that is far away and has bad moments. */
export type Scenario = 'quiet' | 'troubled';

/** What a run of the benchmark leaves behind. */
export interface Written extends ScaleResult {
  readonly machine: string;
  readonly restSeconds: number;
  /** Requests that the proxy answered 429 or 500. */
  readonly failures?: number;
}

const titles: Readonly<Record<Scenario, string>> = {
  quiet: 'As it should be',
  troubled: 'Half a second to the API server, and every twentieth answer 429 or 500',
};

/** The page, in Markdown. */
export function renderPage(results: Readonly<Partial<Record<Scenario, Written>>>): string {
  const parts = (['quiet', 'troubled'] as const).flatMap((scenario) => {
    const result = results[scenario];
    return result === undefined ? [] : [renderPart(titles[scenario], result)];
  });
  return `${[introduction, ...parts].join('\n\n')}\n`;
}

const introduction = `# Performance

This page is written by \`npm run bench:scale -- --write\` (and, for the second table, \`--trouble\`); the numbers in full are in
[performance/](performance/).

The scenario: a real API server, etcd, controller manager and scheduler; nodes and pods are KWOK's. The operator runs as the
bundle of a release, under its own ServiceAccount, with the environment of its Deployment. A stock Installation is applied
while the cluster has its first size, with \`nodeUpdateStrategy\` set to 10 %; then nodes are added until it has the next.
Typha is switched on on the way, so calico-node rolls. Each size is then left at rest, reported on by kubelets' heartbeats
(2,000 a minute) and met by a restart of the operator; at the last size every owned object is deleted and edited.

Everything shares one machine with the operator: times are those of a busy one, and count as broken at three times their
budget only (\`slow\` says that they are beyond it). Counts and memory are held to their budgets as they are.`;

function renderPart(title: string, result: Written): string {
  const failures =
    result.failures === undefined
      ? ''
      : ` ${result.failures} requests were answered with a failure. Budgets of time do not apply here.`;
  const table = renderTable(judgeScale(result, result.restSeconds), 'markdown');
  const plot =
    result.failures === undefined ? '\n\n![growth with the number of nodes](performance/growth.svg)' : '';
  return `## ${title}\n\nMeasured on ${result.machine}.${failures}\n\n${table}${plot}`;
}
