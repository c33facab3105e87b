import { expect, test } from '@jest/globals';
import { selectorProblem } from './selector.ts';

test.each([
  '',
  'all()',
  'all( )',
  'global()',
  '!all()',
  'has(rack)',
  'has( kubernetes.io/os )',
  "rack == 'a'",
  'rack=="a b"',
  "rack != 'a' && !has(gpu)",
  "(rack == 'a' || rack == \"b\") && zone in {'1', '2'}",
  "zone not in { 'a' }",
  'zone in {}',
  "name contains 'x'",
  "name starts with 'x'",
  "name ends with 'x'",
  "!!(!(a == 'b'))",
  // Calico asks for no blank within these.
  "a notin {'b'} || a startswith 'b'",
  // Words of the language are labels, too, where a label is expected after them.
  "in == 'x'",
])('%s is a selector', (text) => expect(selectorProblem(text)).toBeUndefined());

test.each([
  ["rack = 'a'", 'nothing in a selector begins like ='],
  ['rack == a', 'a value in quotes is expected at a'],
  ['rack', '==, !=, in, not in, contains, starts with or ends with is expected at the end'],
  ['all(', 'a closing parenthesis is expected at the end'],
  ["(rack == 'a'", 'a closing parenthesis is expected at the end'],
  ["rack == 'a' zone == 'b'", '&& or || is expected at zone'],
  ["rack == 'a", "nothing in a selector begins like 'a"],
  ["rack in ('a')", 'a brace is expected at ('],
  ["rack not 'a'", "in is expected at 'a'"],
  ["a == 'b' &&", 'a label, has(), all() or global() is expected at the end'],
  ['has()', 'a label is expected at )'],
  ["a == 'b'\n", 'nothing in a selector begins like'],
  ['kubernetes.io/os: linux', 'nothing in a selector begins like :'],
])('%s is none: %s', (text, problem) => expect(selectorProblem(text)).toContain(problem));
