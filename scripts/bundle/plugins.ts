/** How the bundle is kept small: what libraries drag in and the program never runs is left out. */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** A module, where it is imported, and what the bundle gets instead. The first rule that fits counts. */
const rules = [
  {
    module: /^@kubernetes\/client-node$/,
    importer: '/@dot-i/k8s-operator/',
    file: 'stand-in-client-node.ts',
  },
  { module: /^@kubernetes\/client-node$/, importer: '', file: 'narrow-client-node.ts' },
  { module: /^\.\/gen\/index\.js$/, importer: '/client-node/dist/', file: 'narrow-client-node-gen.ts' },
  { module: /^gaxios$/, importer: '/@dot-i/k8s-operator/', file: 'stand-in-gaxios.ts' },
  { module: /^undici$/, importer: '', file: 'narrow-undici.cjs' },
  { module: /^thread-stream$/, importer: '/pino/', file: 'stand-in-thread-stream.ts' },
] as const;

/** Replaces modules by narrower ones and by stand-ins, depending on who imports them. */
export const narrowingPlugin: Plugin = {
  name: 'narrowing',
  setup(build) {
    for (const { module, importer, file } of rules) {
      build.onResolve({ filter: module }, (args) =>
        args.importer.includes(importer) ? { path: join(import.meta.dirname, file) } : undefined,
      );
    }
  },
};
