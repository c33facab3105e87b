import { expect, test } from '@jest/globals';
import type { OpenShiftInfrastructure } from '../api/openshift.ts';
import { awsFacts } from './aws.ts';

type Status = NonNullable<OpenShiftInfrastructure['status']>;

const onAws: Status = {
  infrastructureName: 'mine-x7k2p',
  controlPlaneTopology: 'HighlyAvailable',
  platformStatus: { type: 'AWS', aws: { region: 'eu-west-1' } },
};
const facts = { name: 'mine-x7k2p', region: 'eu-west-1', hosted: false };

test.each<[string, Status, boolean, ReturnType<typeof awsFacts>]>([
  ['AWS', onAws, false, facts],
  [
    'with a hosted control plane',
    { ...onAws, controlPlaneTopology: 'External' },
    false,
    { ...facts, hosted: true },
  ],
  ['with one by the user’s word', onAws, true, { ...facts, hosted: true }],
  [
    'with addresses of its own',
    {
      ...onAws,
      platformStatus: {
        type: 'AWS',
        aws: {
          region: 'us-iso-east-1',
          serviceEndpoints: [
            { name: 's3', url: 'https://s3.example.com' },
            { name: 'ec2', url: 'https://ec2.example.com' },
          ],
        },
      },
    },
    false,
    { ...facts, region: 'us-iso-east-1', endpoint: 'https://ec2.example.com' },
  ],
  ['another cloud', { ...onAws, platformStatus: { type: 'Azure' } }, false, undefined],
  ['a cluster without a name yet', { ...onAws, infrastructureName: '' }, false, undefined],
  ['a region that is not known', { ...onAws, platformStatus: { type: 'AWS' } }, false, undefined],
])('%s is recognised by OpenShift’s Infrastructure', (_name, status, hosted, expected) => {
  expect(awsFacts({ status }, hosted)).toEqual(expected);
});

test('nothing is known without it', () => {
  expect(awsFacts(undefined, true)).toBeUndefined();
});
