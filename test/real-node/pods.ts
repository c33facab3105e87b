import type { ApiClient, ApiObject } from '../control-plane/api-client.ts';
import { eventually } from '../control-plane/eventually.ts';
import type { CommandResult, RealNode } from './real-node.ts';

const namespace = 'default';
const startTimeout = 180_000;
/** Seconds that a probe waits for an answer. */
const patience = 2;
const port = 8080;

/** A running pod that answers pings, and HTTP with its name. */
export interface TestPod {
  readonly name: string;
  readonly node: RealNode;
  readonly address: string;
  readonly container: string;
}

interface PodStatus {
  readonly phase?: string;
  readonly podIP?: string;
  readonly containerStatuses?: readonly { readonly containerID?: string; readonly ready?: boolean }[];
}

/** Creates a pod on that node in the namespace `default` and resolves when it runs and has an address. */
export async function startPod(
  api: ApiClient,
  name: string,
  node: RealNode,
  image: string,
): Promise<TestPod> {
  await api.create(`/api/v1/namespaces/${namespace}/pods`, podObject(name, node.name, image));
  const { podIP = '', containerStatuses } = await eventually(
    async () => {
      const status = (await api.get(podPath(name)))['status'] as PodStatus;
      if (status.containerStatuses?.[0]?.ready && status.podIP) return status;
      throw new Error(`it is ${JSON.stringify(status)}; ${await lastEvent(api, name)}`);
    },
    { description: `pod ${name} on ${node.name} to run`, timeout: startTimeout },
  );
  const container = containerStatuses?.[0]?.containerID?.replace(/^.*:\/\//, '') ?? '';
  return { name, node, address: podIP, container };
}

/** Deletes the pod and resolves when it is gone. @throws Error if it is not after so many milliseconds. */
export async function removePod(api: ApiClient, { name }: TestPod, timeout: number): Promise<void> {
  await api.delete(podPath(name));
  await eventually(async () => (await api.find(podPath(name))) === undefined, {
    description: `pod ${name} to be gone`,
    timeout,
  });
}

/** Runs a command in the pod's container. */
export function execInPod(pod: TestPod, command: readonly string[]): Promise<CommandResult> {
  const id = `exec-${process.pid}-${executions++}`;
  return pod.node.ctr(['tasks', 'exec', '--exec-id', id, pod.container, ...command]);
}

let executions = 0;

/** Pings from one pod to another; its code is 0 if there was an answer. */
export function ping(from: TestPod, to: TestPod, count = 1): Promise<CommandResult> {
  return execInPod(from, ['ping', '-c', String(count), '-W', String(patience), to.address]);
}

/** Asks a pod over HTTP for its name; the code is 0 and the output the name if it answered. */
export function fetchName(from: TestPod, to: TestPod): Promise<CommandResult> {
  // Not wget's own limit: Debian's static busybox crashes on it.
  const get = ['wget', '-q', '-O', '-', `http://${to.address}:${port}/`];
  return execInPod(from, ['timeout', String(patience), ...get]);
}

/** Whether a pod gets an answer from another, by ping and by HTTP; `partly` if only by one of them. */
export async function reaches(from: TestPod, to: TestPod): Promise<'yes' | 'no' | 'partly'> {
  const [pinged, fetched] = await Promise.all([ping(from, to), fetchName(from, to)]);
  const named = fetched.code === 0 && fetched.output.trim() === to.name;
  if (pinged.code === 0 && named) return 'yes';
  return pinged.code === 0 || named ? 'partly' : 'no';
}

function podPath(name: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

function podObject(name: string, node: string, image: string): ApiObject {
  const serve = `echo ${name} > /tmp/index.html; exec httpd -f -p ${port} -h /tmp`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'real-node-test' } },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': node },
      // Nobody can be asked for names.
      dnsPolicy: 'Default',
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'web', image, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', serve] }],
    },
  };
}

async function lastEvent(api: ApiClient, name: string): Promise<string> {
  const events = await api.list<{ readonly message?: string }>(
    `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3D${name}`,
  );
  return events.at(-1)?.message ?? 'no event';
}
