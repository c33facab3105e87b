import { expect, test } from '@jest/globals';
import { commands, describeUnknown, help } from './help.ts';

test('the help names every command', () => {
  for (const name of Object.keys(commands)) expect(help).toContain(`\n  ${name} `);
});

test.each([
  ['rendr', 'unknown command "rendr": did you mean "calico-operator render"?'],
  ['stat', 'unknown command "stat": did you mean "calico-operator status"?'],
  ['Version', 'unknown command "Version": did you mean "calico-operator version"?'],
  [
    'frobnicate',
    'unknown command "frobnicate": use one of run, render, diff, status, crds, uninstall, aws-security-groups, version, help',
  ],
  [
    'toString',
    'unknown command "toString": use one of run, render, diff, status, crds, uninstall, aws-security-groups, version, help',
  ],
  [
    '--manage-crds',
    'unknown flag --manage-crds: a command comes first, as in "calico-operator run --manage-crds"',
  ],
])('%s is no command', (word, message) => {
  expect(describeUnknown(word)).toBe(message);
});
