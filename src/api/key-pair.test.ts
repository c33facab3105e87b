import { expect, test } from '@jest/globals';
import { signerLabelValue } from './key-pair.ts';

test.each([
  ['tigera-operator-signer', 'tigera-operator-signer'],
  ['tigera-operator-signer@1700000000', 'tigera-operator-signer-1700000000'],
  ['Corp CA, Ltd.', 'Corp-CA--Ltd'],
  ['_corp_', 'corp'],
  ['日本', 'unknown'],
  ['', 'unknown'],
  ['x'.repeat(80), 'x'.repeat(63)],
])('the signer %j is labelled %j', (commonName, value) => {
  expect(signerLabelValue(commonName)).toBe(value);
});
