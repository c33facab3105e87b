import { afterEach, expect, test } from '@jest/globals';

import type { Deployment, Job, KubeObject, Pod, Role } from '../../src/api/kubernetes.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { useContractWatch } from './contract-watch.ts';
import {
  applyInstallation,
  calicoNodePath,
  installationPath,
  operatorInstalled,
  operatorWrites,
  readInstallation,
  startLeader,
  untilQuiet,
  untilReady,
} from './harness.ts';
import { makeAwsInfrastructure, makeNetwork, makeOpenShift } from './openshift.ts';
import type { Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
useContractWatch(cluster);
let operator: Operator | undefined;
afterEach(() => operator?.stop());

const name = 'aws-security-group-setup-1';
const account = 'tigera-aws-security-group-setup';
const jobPath = `/apis/batch/v1/namespaces/tigera-operator/jobs/${name}`;
const deploymentsPath = '/apis/apps/v1/namespaces/tigera-operator/deployments';
const rolePath = `/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/roles/${account}`;
const kubeControllersPath = '/apis/apps/v1/namespaces/calico-system/deployments/calico-kube-controllers';
const podsPath = '/api/v1/namespaces/tigera-operator/pods';

/** The operator's own Deployment, which here runs no pods: the operator is a process beside the cluster. */
const deployment = (image: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'tigera-operator', namespace: 'tigera-operator' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { name: 'tigera-operator' } },
    template: {
      metadata: { labels: { name: 'tigera-operator' } },
      spec: { containers: [{ name: 'tigera-operator', image, args: ['run'] }] },
    },
  },
});

const conditions = async (): Promise<string> =>
  JSON.stringify((await readInstallation(cluster().api)).status?.conditions);

/** Waits until the status has the words. */
const untilTold = (words: string): Promise<string> =>
  eventually(
    async () => {
      const said = await conditions();
      if (!said.includes(words)) throw new Error(said);
      return said;
    },
    { description: `${words} to be told` },
  );

/** Lets nothing onto nodes that does not tolerate everything, or all again. Pods of Jobs come through where they are let. */
async function closeNodes(closed: boolean): Promise<void> {
  const { api } = cluster();
  const taints = closed ? [{ key: 'closed', effect: 'NoSchedule' }] : null;
  for (const { metadata } of await api.list('/api/v1/nodes')) {
    await api.mergePatch(`/api/v1/nodes/${metadata.name}`, { spec: { taints } });
  }
}

/** What a kubelet says when the program fails. */
async function failAttempt(message: string): Promise<void> {
  const { api } = cluster();
  const pod = await eventually(
    async () => {
      const pods = await api.list<Pod>(podsPath);
      const waiting = pods.find(
        ({ metadata, status }) => metadata.labels?.['k8s-app'] === name && status?.phase === 'Pending',
      );
      if (waiting === undefined) throw new Error(JSON.stringify(pods.map(({ status }) => status?.phase)));
      return waiting.metadata.name;
    },
    { description: 'the Job to have a pod' },
  );
  await api.mergePatch(`${podsPath}/${pod}/status`, {
    status: {
      phase: 'Failed',
      containerStatuses: [
        {
          ...{ name: 'aws-security-group-setup', image: 'x', imageID: '', ready: false, restartCount: 0 },
          state: { terminated: { exitCode: 1, reason: 'Error', message } },
        },
      ],
    },
  });
}

test('the ports are opened by a Job that runs once, and whose failure holds nothing up', async () => {
  const { api } = cluster();
  await makeOpenShift(api);
  await Promise.all([makeNetwork(api), makeAwsInfrastructure(api)]);
  operator = await startLeader(cluster());
  await applyInstallation(api, {});
  // The image is not known yet; Calico comes all the same.
  await untilTold('OPERATOR_NAME');
  await api.get(calicoNodePath);
  await eventually(
    async () => ((await api.get<Deployment>(kubeControllersPath)).status?.availableReplicas ?? 0) > 0,
    { description: 'kube-controllers to run' },
  );
  await closeNodes(true);
  await api.create(deploymentsPath, deployment('example.com/operator:1'));
  const job = await eventually(() => api.get<Job>(jobPath), { description: 'the Job' });
  expect(job.spec?.template.spec?.containers[0]).toMatchObject({
    image: 'example.com/operator:1',
    args: ['aws-security-groups', '--cluster=mine-x7k2p', '--region=eu-west-1'],
  });

  await failAttempt('first\nAllow ec2:AuthorizeSecurityGroupIngress to the user\n');
  expect(await untilTold('Allow ec2:AuthorizeSecurityGroupIngress')).not.toContain('first');
  await closeNodes(false);
  await untilReady(api);
  await untilQuiet(cluster());

  // A new release does not run it again, nor does a restart.
  const { uid } = (await api.get<KubeObject>(jobPath)).metadata;
  const mark = await cluster().auditLog.mark();
  await api.mergePatch(`${deploymentsPath}/tigera-operator`, deployment('example.com/operator:2'));
  await operator.stop();
  operator = await startLeader(cluster());
  await untilQuiet(cluster());
  expect(await operatorWrites(cluster(), mark)).toEqual([]);
  expect((await api.get<KubeObject>(jobPath)).metadata.uid).toBe(uid);

  // Whoever wants it to run again deletes it; what it may do is kept as it was.
  await api.mergePatch(rolePath, { rules: null });
  await eventually(async () => ((await api.get<Role>(rolePath)).rules ?? []).length === 1, {
    description: 'the Role to be set back',
  });
  await api.delete(jobPath, 'Background');
  const again = await eventually(
    async () => {
      const found = await api.get<Job>(jobPath);
      if (found.metadata.uid === uid) throw new Error('it is still the old one');
      return found;
    },
    { description: 'the Job to be made again' },
  );
  expect(again.spec?.template.spec?.containers[0]?.image).toBe('example.com/operator:2');

  await api.delete(installationPath, 'Background');
  await eventually(async () => (await api.find(installationPath)) === undefined);
  await eventually(async () => (await api.find(jobPath)) === undefined);
  await eventually(async () => (await api.find(rolePath)) === undefined);
});
