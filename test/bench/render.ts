/** How long deciding and rendering everything takes, warm, on clusters of every kind. */
import { judgeStored } from '../campaign/judge.ts';
import { type World, worlds } from '../campaign/worlds.ts';
import type { Row } from './table.ts';

/** Budget for the median, milliseconds. */
const budget = 5;
const [warmUp, runs] = [50, 200];

/** One row for each kind of cluster: the median counts, the slow end is told. Times as those of the install. */
export function judgeRendering(): readonly Row[] {
  return worlds.map((world) => {
    const { objects, median, late } = measure(world);
    return {
      name: `render ${objects} objects: ${world.name}`,
      value: `p50 ${median.toFixed(1)}, p95 ${late.toFixed(1)} ms`,
      budget: `≤ ${budget} ms`,
      within: median <= budget * 3,
      slow: median > budget,
    };
  });
}

function measure(world: World): { readonly objects: number; readonly median: number; readonly late: number } {
  let objects = 0;
  const once = (): number => {
    const start = performance.now();
    const judgement = judgeStored(world, world.spec);
    const time = performance.now() - start;
    if (judgement.kind === 'rendered') objects = judgement.desired.length;
    return time;
  };
  for (let run = 0; run < warmUp; run += 1) once();
  const times = Array.from({ length: runs }, once).sort((a, b) => a - b);
  return { objects, median: times[runs / 2] ?? NaN, late: times[Math.floor(runs * 0.95)] ?? NaN };
}
