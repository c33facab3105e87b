import { expect, test } from '@jest/globals';
import type { Job } from '../../../api/kubernetes.ts';
import { resources } from '../../../api/resources.ts';
import { awsCauses, type AwsView } from './causes.ts';

const job = (status: object = {}, annotations: Readonly<Record<string, string>> = {}): Job =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'aws-security-group-setup-1', namespace: 'tigera-operator', annotations },
    status,
  }) as unknown as Job;
const condition = (type: string) => ({ conditions: [{ type, status: 'True' }] });
const onAws: AwsView = {
  facts: () => ({ name: 'mine', region: 'eu-west-1', hosted: false }),
  forbidden: [],
  attempts: [],
  ownImage: { image: 'i', imagePullPolicy: 'IfNotPresent', imagePullSecrets: [] },
  job: undefined,
};
const denied = [{ began: '1', failed: true, trouble: 'UnauthorizedOperation. Allow ec2:X' }];
const causes = (changes: Partial<AwsView>) => awsCauses({ ...onAws, ...changes }, 'tigera-operator');
const nothing = { waiting: [], problems: [] };

test('nothing is said on other platforms, before the Job is made, and when it came through', () => {
  expect(causes({ facts: () => undefined, job: job(condition('Failed')) })).toEqual(nothing);
  expect(causes({})).toEqual(nothing);
  expect(causes({ job: job(condition('Complete')), attempts: denied })).toEqual(nothing);
});

test('while it runs that is told, with what went wrong at first', () => {
  expect(causes({ job: job() }).waiting).toEqual([
    {
      reason: 'ResourceNotReady',
      message: 'Job tigera-operator/aws-security-group-setup-1 opens the ports between the machines',
    },
  ]);
  const { waiting, problems } = causes({ job: job({ failed: 2 }), attempts: denied });
  expect(waiting[0]?.message).toContain('between the machines: UnauthorizedOperation. Allow ec2:X');
  expect(problems).toEqual([]);
});

test('what fails again and again is a problem, though it is tried again', () => {
  expect(causes({ job: job({ failed: 3 }), attempts: denied })).toEqual({
    waiting: [],
    problems: [
      {
        reason: 'PodFailure',
        message:
          'Job tigera-operator/aws-security-group-setup-1 could not open the ports between the machines: UnauthorizedOperation. Allow ec2:X. It is tried again.',
      },
    ],
  });
});

test('when it is given up, the way to go on is told', () => {
  const [problem] = causes({ job: job(condition('Failed')), attempts: denied }).problems;
  expect(problem?.message).toContain(
    'Allow ec2:X. When that is seen to, run kubectl -n tigera-operator delete job',
  );
  expect(problem?.message).toContain(
    'annotate job aws-security-group-setup-1 unsupported.operator.tigera.io/ignore=true',
  );
  expect(causes({ job: job(condition('Failed')) }).problems[0]?.message).toContain(
    'machines: its pods failed. ',
  );
});

test('a Job that is to be left alone is no problem any more', () => {
  const ignored = job(condition('Failed'), { 'unsupported.operator.tigera.io/ignore': 'true' });
  expect(causes({ job: ignored, attempts: denied })).toEqual(nothing);
});

test('without an image, and without permission, what is missing is told', () => {
  expect(causes({ ownImage: undefined }).problems[0]).toMatchObject({
    reason: 'ResourceNotFound',
    message: expect.stringContaining('OPERATOR_NAME') as unknown,
  });
  const forbidden = [{ resource: resources.Job, namespace: 'tigera-operator' }];
  expect(causes({ forbidden, facts: () => undefined }).problems).toEqual([
    {
      reason: 'PermissionDenied',
      message:
        'The operator may not watch jobs.batch in namespace tigera-operator. Apply the ClusterRole of this release.',
    },
  ]);
});
