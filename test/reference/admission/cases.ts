/** What the CRDs accept and what they refuse, for the offline check of the rules and for the API server itself. */
import type { Case } from './case.ts';
import { autodetectionCases, cniCases, networkCases } from './cases-network.ts';
import { poolCases } from './cases-pools.ts';
import { podCases, resourceCases } from './cases-pods.ts';
import { additions, settings } from './cases-settings.ts';
import { names, others, workloads } from './cases-workloads.ts';

export type { Case } from './case.ts';

export const cases: readonly Case[] = [
  ...names,
  ...poolCases,
  ...networkCases,
  ...autodetectionCases,
  ...cniCases,
  ...settings,
  ...workloads,
  ...resourceCases,
  ...podCases,
  ...additions,
  ...others,
];
