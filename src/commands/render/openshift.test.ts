import { expect, test } from '@jest/globals';
import { testConsole } from '../testing.ts';
import { runRender } from './render.ts';

const openShift = `apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
---
apiVersion: config.openshift.io/v1
kind: ClusterVersion
metadata: {name: version}
---
apiVersion: config.openshift.io/v1
kind: Network
metadata: {name: cluster}
spec: {clusterNetwork: [{cidr: 10.128.0.0/14}]}
`;
const infrastructure = (type: string) => `---
apiVersion: config.openshift.io/v1
kind: Infrastructure
metadata: {name: cluster}
status: {infrastructureName: mine, platformStatus: {type: ${type}, aws: {region: eu-west-1}}}
`;

async function render(input: string): Promise<string> {
  const console = testConsole(input);
  const code = await runRender(['-f', '-'], console);
  expect({ code, errors: console.errors() }).toEqual({ code: 0, errors: [] });
  return console.output();
}

test('on AWS ports are opened by a Job, whose image only the cluster tells', async () => {
  const output = await render(openShift + infrastructure('AWS'));
  const job = output.split('---\n').find((text) => text.includes('kind: Job\n'));
  expect(job).toContain('name: aws-security-group-setup-1\n');
  expect(job).toContain('image: read-in-the-cluster\n');
  expect(job).toContain('- --cluster=mine\n');
});

test('elsewhere they are not', async () => {
  expect(await render(openShift + infrastructure('Azure'))).not.toContain('kind: Job\n');
  expect(await render(openShift)).not.toContain('kind: Job\n');
});

test('a manifest without an operator has no Job, and says what is left to do', async () => {
  const console = testConsole(openShift + infrastructure('AWS'));
  expect(await runRender(['--standalone', '-f', '-'], console)).toBe(0);
  expect(console.output()).not.toMatch(/aws-security-group|read-in-the-cluster/);
  expect(console.errors().join()).toContain('Run calico-operator aws-security-groups once');
});
