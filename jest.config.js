const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
};

const tier = (name, directory) => ({
  ...shared,
  displayName: name,
  testMatch: [`<rootDir>/${directory}/**/*.test.ts`],
});

// The tiers of docs/testing.md. `test/run.ts` decides which of them run, in which order and with how many workers.
export default {
  // Milliseconds for a test or a hook, unless it says otherwise: for every tier, as jest takes this option for all of them
  // only. Nothing here depends on a quick machine, and a test that hangs still ends.
  testTimeout: 300_000,
  workerIdleMemoryLimit: '512MB',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageProvider: 'v8',
  projects: [
    tier('unit', 'src'),
    tier('tools', 'scripts'),
    tier('reference', 'test/reference'),
    tier('campaign', 'test/campaign'),
    tier('control-plane', 'test/control-plane'),
    tier('cluster', 'test/cluster'),
    tier('fault', 'test/fault'),
    tier('demo', 'test/demo'),
    tier('operands', 'test/operands'),
    tier('real-node', 'test/real-node'),
    tier('image', 'test/image'),
    tier('gitops', 'test/gitops'),
  ],
};
