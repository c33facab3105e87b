import { expect, test } from '@jest/globals';

import { reasonAgainstRealNodes } from './real-nodes.ts';

const able = { platform: 'linux', root: true, environment: { CALICO_BIN: '/calico' } };
const none = (): readonly string[] => [];

test('--real says what this machine lacks, with the cure', () => {
  expect(reasonAgainstRealNodes(able, none)).toBeUndefined();
  expect(reasonAgainstRealNodes({ ...able, environment: { CALICO_IMAGES: 'pull' } }, none)).toBeUndefined();
  expect(reasonAgainstRealNodes({ ...able, platform: 'darwin' }, none)).toContain('this is darwin');
  expect(reasonAgainstRealNodes({ ...able, root: false }, none)).toContain('sudo npm run demo -- --real');
  expect(reasonAgainstRealNodes({ ...able, environment: {} }, none)).toMatch(
    /CALICO_BIN.*CALICO_IMAGES=pull/,
  );
  expect(reasonAgainstRealNodes(able, () => ['ipset', 'nftables'])).toContain(
    'apt-get install -y ipset nftables',
  );
});
