import { expect, test } from '@jest/globals';
import { awsRemedy, AwsError, AwsUnreachableError } from './errors.ts';

const source = 'Secret kube-system/aws-creds';
const failed = (code: string, action = 'AuthorizeSecurityGroupIngress') =>
  new AwsError(`${action}: ${code}`, { action, code, status: 403 });

test.each([
  [
    'UnauthorizedOperation',
    `Allow ec2:AuthorizeSecurityGroupIngress to the user whose keys are in ${source}`,
  ],
  ['AccessDenied', `Allow ec2:AuthorizeSecurityGroupIngress to the user whose keys are in ${source}`],
  ['AuthFailure', `Put valid keys into ${source}, and see that the clocks of the machines are right`],
  [
    'SignatureDoesNotMatch',
    `Put valid keys into ${source}, and see that the clocks of the machines are right`,
  ],
  ['RequestExpired', 'Set the clocks of the machines right'],
  [
    'RulesPerSecurityGroupLimitExceeded',
    'Remove rules that are not needed, or have the quota of inbound rules of a security group raised',
  ],
])('%s has a remedy', (code, remedy) => {
  expect(awsRemedy(failed(code), source)).toBe(remedy);
});

test('silence has one, and anything else has none', () => {
  const silence = new AwsUnreachableError('ec2.eu-west-1.amazonaws.com', new Error('connect ETIMEDOUT'));
  expect(awsRemedy(silence, source)).toMatch(
    /^Let the machines reach ec2\.eu-west-1\.amazonaws\.com by HTTPS/,
  );
  expect(awsRemedy(failed('InvalidParameterValue'), source)).toBeUndefined();
  expect(awsRemedy(new Error('x'), source)).toBeUndefined();
});
