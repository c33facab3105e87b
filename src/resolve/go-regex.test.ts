import { expect, test } from '@jest/globals';
import { goRegexProblem } from './go-regex.ts';

test.each([
  '',
  'eth0',
  'eth.*',
  '^br-.*',
  'en[ops]\\d+',
  '(?i)ETH.*',
  '(?i:eth)0',
  '(?s-m)eth',
  '(?P<kind>eth|en)\\d',
  '\\Qeth(0\\E.*',
  '\\Qeth(0',
  '[[:alpha:]]+0',
  'eth\\(0',
  'a{1,3}',
])('%s compiles', (pattern) => expect(goRegexProblem(pattern)).toBeUndefined());

test.each([
  ['*', 'nothing to repeat'],
  ['eth(0', 'unterminated group'],
  ['eth[0', 'unterminated character class'],
  ['eth)', 'unmatched'],
  ['eth\\', '\\ at end of pattern'],
  ['eth(?!0)', 'look-ahead'],
  ['(?<=br)-0', 'look-behind'],
  ['(a)\\1', 'earlier groups'],
])('%s does not: %s', (pattern, problem) => expect(goRegexProblem(pattern)).toContain(problem));
