/**
 * Every command and every manifest of the documentation, as it stands there: commands run in their order on a cluster of
 * their own, manifests and values are shown to the API server and to Helm. See documents/treatments.ts for what differs.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { loadAll } from 'js-yaml';

import { repository } from '../../scripts/bundle/bundle.ts';
import { type Block, blocksOf, commandsOf } from '../../scripts/verify/blocks.ts';
import { makeFresh, useFreshCluster } from '../control-plane/shared.ts';
import { kindsInstalled, tryOut } from './chart-kinds.ts';
import { helms, kubectlProgram, runProgram, succeed, templateArguments } from './clients.ts';
import { type Desk, layOut } from './documents/desk.ts';
import { enter } from './documents/states.ts';
import {
  fragments,
  otherLanguages,
  placeholders,
  type Scene,
  scenes,
  treatments,
} from './documents/treatments.ts';
import { buildOperator } from './operator.ts';
import type { OperatorPods } from './operator-pods.ts';

jest.setTimeout(600_000);

const cluster = useFreshCluster();
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: repository })].sort();
const blocks = new Map(pages.map((page) => [page, blocksOf(readFileSync(join(repository, page), 'utf8'))]));
const blocksIn = (page: string, language: string): readonly Block[] =>
  (blocks.get(page) ?? []).filter((block) => block.language === language);
const pagesWith = (language: string): readonly string[] =>
  pages.filter((page) => blocksIn(page, language).length > 0);

let kubectl: string;
beforeAll(async () => {
  [kubectl] = await Promise.all([
    kubectlProgram(),
    buildOperator(),
    ...helms.map(({ program }) => program()),
  ]);
}, 1_800_000);

const treatmentOf = (command: string): (typeof treatments)[number] | undefined =>
  treatments.find((each) => each.command.test(command));

/** Commands that follow one another on one cluster. */
interface Act {
  readonly scene: Omit<Scene, 'begins'>;
  readonly blocks: Block[];
}

/** A page's blocks of commands, split where a scene begins; scenes that none begins with are left. */
function actsOf(page: string): { readonly acts: readonly Act[]; readonly left: readonly Scene[] } {
  const left = scenes.filter((scene) => scene.page === page);
  const acts: Act[] = [];
  for (const block of blocksIn(page, 'sh')) {
    const next = left[0];
    const begins = next !== undefined && commandsOf(block)[0]?.startsWith(next.begins) === true;
    if (begins) left.shift();
    if (begins || acts.length === 0)
      acts.push({ scene: begins ? next : { page, state: 'installed' }, blocks: [block] });
    else acts.at(-1)?.blocks.push(block);
  }
  return { acts, left };
}

const isRun = (command: string): boolean => treatmentOf(command)?.kind !== 'left-out';

describe('commands', () => {
  let pods: OperatorPods | undefined;
  let desk: Desk | undefined;
  afterAll(() => leave());

  async function leave(): Promise<void> {
    await desk?.clear();
    await pods?.stop();
    desk = pods = undefined;
  }

  async function play({ scene, blocks: acted }: Act): Promise<readonly string[]> {
    await leave();
    pods = await enter(cluster(), scene.state);
    desk = await layOut(cluster());
    const wrong: string[] = [];
    const setUp = (scene.before ?? []).map((command) => ({ command, line: 0 }));
    const written = acted.flatMap((block) =>
      commandsOf(block).map((command) => ({ command, line: block.line })),
    );
    for (const { command, line } of [...setUp, ...written].filter((each) => isRun(each.command))) {
      const problem = await follow(desk, command);
      if (problem !== undefined) wrong.push(`${scene.page}:${line}: ${command}\n${problem}`);
    }
    return wrong.length === 0 ? [] : [...wrong, await pods.lastWords()];
  }

  const acts = pagesWith('sh').flatMap((page) =>
    actsOf(page)
      .acts.filter(({ blocks: acted }) => acted.flatMap(commandsOf).some(isRun))
      .map((act) => [`${page}:${act.blocks[0]?.line ?? ''}`, act] as const),
  );
  test.each(acts)('%s', async (_name, act) => {
    expect(await play(act)).toEqual([]);
  });
});

/** Runs one command; answers with what was wrong about it. */
async function follow(desk: Desk, command: string): Promise<string | undefined> {
  const treatment = treatmentOf(command);
  if (treatment?.kind === 'serves') {
    await desk.start(command);
    return undefined;
  }
  const { code, stdout, stderr } = await desk.run(command);
  const said = `it ended with ${code}:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`;
  switch (treatment?.kind) {
    case undefined:
      return code === 0 ? undefined : said;
    case 'exits':
      return code === treatment.code
        ? undefined
        : `${treatment.code} was expected (${treatment.reason}), and ${said}`;
    case 'fails':
      return code !== 0 && treatment.error.test(stderr)
        ? undefined
        : `${String(treatment.error)} was expected (${treatment.reason}), and ${said}`;
    case 'left-out':
      throw new Error(`${command} is left out`);
  }
}

describe('what is left out or treated otherwise', () => {
  const commands = pagesWith('sh').flatMap((page) => blocksIn(page, 'sh').flatMap(commandsOf));

  test('is there', () => {
    expect(treatments.filter(({ command }) => !commands.some((each) => command.test(each)))).toEqual([]);
    expect(pages.flatMap((page) => actsOf(page).left)).toEqual([]);
    expect(scenes.filter(({ page }) => !pages.includes(page))).toEqual([]);
    const languages = new Set(
      pages.flatMap((page) => (blocks.get(page) ?? []).map(({ language }) => language)),
    );
    const known = ['sh', 'yaml', ...Object.keys(otherLanguages)];
    expect([...languages].sort()).toEqual(known.sort());
  });

  test('scripts of npm exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const called = commands.flatMap((command) =>
      [...command.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name),
    );
    expect(called.length).toBeGreaterThan(5);
    expect(called.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('commands are said to be commands', () => {
    const hidden = pages.flatMap((page) =>
      blocksIn(page, 'text')
        .filter(({ text }) => /^(kubectl|helm|npm|node|docker|calico-operator) /m.test(text))
        .map(({ line }) => `${page}:${line}`),
    );
    expect(hidden).toEqual([]);
  });

  test('JSON can be read', () => {
    for (const { text } of pagesWith('json').flatMap((page) => blocksIn(page, 'json'))) JSON.parse(text);
  });
});

describe('YAML', () => {
  const given = pagesWith('yaml').flatMap((page) =>
    blocksIn(page, 'yaml').map((block) => [`${page}:${block.line}`, block.text] as const),
  );
  beforeAll(() => makeFresh(cluster(), kindsInstalled), 300_000);

  test.each(given)('%s', async (_name, text) => {
    const whole = fragments[text.split('\n')[0] ?? '']?.(text) ?? text;
    const made = Object.entries(placeholders).reduce((text, [from, to]) => text.replaceAll(from, to), whole);
    const isManifest = loadAll(made).every((document) => Object.hasOwn(document as object, 'kind'));
    if (isManifest) {
      await succeed(kubectl, [...tryOut, '-f', '-'], { kubeconfig: cluster().kubeconfig, input: made });
      return;
    }
    // Else they are values.
    for (const { program } of helms)
      await succeed(await program(), templateArguments('--values=-'), { input: made });
  });

  test.each(Object.keys(fragments))('fragment %s is somewhere', (first) => {
    expect(given.some(([, text]) => text.startsWith(`${first}\n`))).toBe(true);
  });

  test.each(Object.keys(placeholders))('%s is somewhere', (placeholder) => {
    expect(given.some(([, text]) => text.includes(placeholder))).toBe(true);
  });

  test('what is wrong would be noticed', async () => {
    const wrong =
      'apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {a: 1}';
    const options = { kubeconfig: cluster().kubeconfig, input: wrong };
    await expect(succeed(kubectl, [...tryOut, '-f', '-'], options)).rejects.toThrow('field not declared');
    const program = (await helms[0]?.program()) ?? '';
    const { code, stderr } = await runProgram(program, templateArguments('--values=-'), {
      input: 'instalation: {}',
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('instalation') });
  });
});
