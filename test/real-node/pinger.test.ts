import { expect, test } from '@jest/globals';

import { readPing } from './pinger.ts';

const log = (numbers: readonly number[], sent: number): string =>
  [
    'PING 10.0.0.1 (10.0.0.1): 56 data bytes',
    ...numbers.map((number) => `64 bytes from 10.0.0.1: seq=${number} ttl=62 time=0.4 ms`),
    '',
    '--- 10.0.0.1 ping statistics ---',
    `${sent} packets transmitted, ${numbers.length} packets received, 0% packet loss`,
  ].join('\n');

test.each([
  ['all came back', [0, 1, 2], 3, []],
  ['some did not', [0, 3], 5, [1, 2]],
  ['the last was under way', [0, 1], 3, []],
  ['none did', [], 2, [0]],
])('%s', (_name, numbers, sent, lost) => {
  expect(readPing(log(numbers, sent))).toEqual({ sent, lost });
});

test('a ping that broke off is no success', () => {
  expect(() => readPing('PING 10.0.0.1 (10.0.0.1): 56 data bytes')).toThrow('without a summary');
});
