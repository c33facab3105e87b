import { describe, expect, test } from '@jest/globals';
import { describeOptions, type OptionTable, parseOptions } from './options.ts';

const table = {
  filename: { kind: 'texts', short: 'f', placeholder: 'FILE', help: 'Files.' },
  output: { kind: 'text', short: 'o', choices: ['yaml', 'json'], help: 'Form.' },
  wait: { kind: 'boolean', help: 'Waits.' },
} as const satisfies OptionTable;

const parse = (...args: string[]) => parseOptions(args, table, 'render');

describe('what is given', () => {
  const none = { filename: [], output: undefined, wait: false };

  test.each([
    [[], none],
    [['-f', 'a', '--filename=b', '--filename', '-'], { ...none, filename: ['a', 'b', '-'] }],
    [['-ojson', '--wait'], { ...none, output: 'json', wait: true }],
    [['-o', 'json', '-o', 'yaml'], { ...none, output: 'yaml' }],
    [['--filename=-odd-name'], { ...none, filename: ['-odd-name'] }],
  ])('%j', (args, values) => {
    expect(parse(...args)).toEqual({ kind: 'options', values });
  });

  test.each([[['--help']], [['-h']], [['-f', 'a', '--help']]])('%j asks for help', (args) => {
    expect(parse(...args)).toEqual({ kind: 'help' });
  });
});

test.each([
  [['--outptu', 'json'], ['unknown flag --outptu: did you mean --output?']],
  [['--zzzzzz'], ['unknown flag --zzzzzz: see "calico-operator render --help"']],
  [['-wait'], ['unknown flag -wait: did you mean --wait?']],
  [['--toString'], ['unknown flag --toString: see "calico-operator render --help"']],
  [['a.yaml'], ['unexpected argument "a.yaml": render takes only flags']],
  [['-f'], ['--filename needs a value: --filename FILE']],
  [['-f', '--wait'], ['--filename needs a value: --filename FILE']],
  [['-o', 'xml'], ['--output "xml" is not possible: use yaml or json']],
  [['-o'], ['--output needs a value: --output yaml|json']],
  [['--wait=no'], ['--wait takes no value: leave out "no"']],
  [
    ['--wiat', '-o', 'xml'],
    ['unknown flag --wiat: did you mean --wait?', '--output "xml" is not possible: use yaml or json'],
  ],
])('%j is refused', (args, problems) => {
  expect(parse(...args)).toEqual({ kind: 'invalid', problems });
});

test('the help has every flag with its value', () => {
  expect(describeOptions(table)).toBe(
    `  -f, --filename FILE
      Files.
  -o, --output yaml|json
      Form.
  --wait
      Waits.
  -h, --help
      Show this text.`,
  );
});
