/** A Prometheus beside the control plane, and what it answers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { dump } from 'js-yaml';

import { streamProgress } from '../control-plane/build/progress.ts';
import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { findFreePorts } from '../control-plane/ports.ts';
import { prometheusProgram } from './prometheus-programs.ts';

/** One series of an answer at one moment. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An alert as it stands. */
export interface AlertState {
  readonly name: string;
  readonly state: 'inactive' | 'pending' | 'firing';
  /** `ok` once it was evaluated without a mistake. */
  readonly health: string;
}

export interface Prometheus extends Program {
  /** @throws Error with Prometheus' words for an expression that it does not take */
  query(expression: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly AlertState[]>;
}

/** What is scraped, by name of the job: addresses as `127.0.0.1:20001`. */
export type Targets = Readonly<Record<string, readonly string[]>>;

/**
 * Starts Prometheus, and resolves when it has scraped every target. It ends with the control plane.
 * @param ruleFile alerts, in Prometheus' format
 */
export async function startPrometheus(
  controlPlane: ControlPlane,
  targets: Targets,
  ruleFile: string,
): Promise<Prometheus> {
  const [program, [port = 0]] = await Promise.all([
    prometheusProgram('prometheus', streamProgress()),
    findFreePorts(1),
  ]);
  const directory = join(controlPlane.directory, 'prometheus');
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'prometheus.yaml');
  const jobs = Object.entries(targets).map(([name, addresses]) => ({
    job_name: name,
    static_configs: [{ targets: addresses }],
  }));
  const global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  await writeFile(file, dump({ global, rule_files: [ruleFile], scrape_configs: jobs }));
  const address = `127.0.0.1:${port}`;
  const started = await controlPlane.run('prometheus', program, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--web.enable-lifecycle',
  ]);
  const prometheus = { ...started, ...clientOf(`http://${address}/api/v1`) };
  const wanted = Object.values(targets).flat().length;
  await eventually(async () => (await prometheus.query('up == 1')).length === wanted, {
    description: `Prometheus to scrape ${wanted} targets`,
  });
  return prometheus;
}

interface Answer<T> {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data: T;
}

async function ask<T>(url: string): Promise<T> {
  const { status, error = '', data } = (await (await fetch(url)).json()) as Answer<T>;
  if (status !== 'success') throw new Error(error);
  return data;
}

interface Vector {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value: readonly [number, string];
  }[];
}

interface Groups {
  readonly groups: readonly { readonly rules: readonly AlertState[] }[];
}

const clientOf = (api: string): Pick<Prometheus, 'query' | 'alerts'> => ({
  query: async (expression) => {
    const { result } = await ask<Vector>(`${api}/query?query=${encodeURIComponent(expression)}`);
    return result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }));
  },
  alerts: async () => {
    const { groups } = await ask<Groups>(`${api}/rules?type=alert`);
    return groups.flatMap(({ rules }) => rules.map(({ name, state, health }) => ({ name, state, health })));
  },
});
