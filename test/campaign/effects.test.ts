/** Every setting of the Installation has an effect somewhere: on objects, images, Typha, deletion or remarks. */
import { expect, jest, test } from '@jest/globals';
import { effectOf, judge } from './judge.ts';
import type { Leaf } from './leaves.ts';
import { leaves, specBeside, specWith, worldsFor } from './scenarios.ts';
import { valuesOf } from './values.ts';
import { worlds } from './worlds.ts';
import { withoutEffect } from './without-effect.ts';

jest.setTimeout(600_000);

/** True when two values of the setting, or one and none, ask for different things and nothing else differs. */
function hasEffect(leaf: Leaf): boolean {
  const { good } = valuesOf(leaf);
  return worldsFor(leaf).some((world) => {
    const seen = new Set<string>();
    for (const spec of [...good.map((value) => specWith(world, leaf, value)), specBeside(world, leaf)]) {
      const effect = effectOf(judge(world, spec));
      if (effect !== undefined) seen.add(effect);
      if (seen.size > 1) return true;
    }
    return false;
  });
}

const idle: readonly string[] = leaves.filter((leaf) => !hasEffect(leaf)).map(({ path }) => path);

test.each(worlds)('the world $name is one that works', (world) => {
  expect(judge(world, { ...world.spec })).toMatchObject({ kind: 'rendered' });
});

test('there is no setting without effect but those that are listed', () => {
  expect(leaves.length).toBeGreaterThan(500);
  expect(idle.filter((path) => !withoutEffect.some((entry) => entry.path.test(path)))).toEqual([]);
});

test.each(withoutEffect.map(({ path, why }) => [why, path] as const))(
  'listed since it %s: %s',
  (_why, path) => {
    const listed = leaves.filter((leaf) => path.test(leaf.path)).map((leaf) => leaf.path);
    expect(listed).not.toEqual([]);
    expect(listed.filter((each) => !idle.includes(each))).toEqual([]);
  },
);
