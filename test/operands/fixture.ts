import { readFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';

import type { InstallationSpec } from '../../src/api/installation.ts';
import type { KubeObject, Pod } from '../../src/api/kubernetes.ts';
import type { AuditMark } from '../control-plane/audit-log.ts';
import type { ControlPlane, Program } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import { installOperator, startOperator } from '../cluster/operator.ts';
import { TestContainer } from './container.ts';
import { TestNode } from './node.ts';
import { complaints, deniedRequests } from './refusals.ts';

const preparation = { snapshot: 'operands', prepare: installOperator };
const installationPath = '/apis/operator.tigera.io/v1/installations/default';
const setupTimeout = 300_000;

/** What Felix' start script in the image sets, and what a build without libbpf needs. */
const felixEnv = (pod: Pod): Readonly<Record<string, string>> => ({
  FELIX_FELIXHOSTNAME: pod.spec?.nodeName ?? '',
  FELIX_DATASTORETYPE: 'kubernetes',
  FELIX_DebugSkipCTLBCleanup: 'true',
});

/**
 * A cluster with one node on which our operator has installed Calico as an Installation asks, and the means to run what
 * it made. Everything that was started ends in the order opposite to its start.
 */
export class Operands {
  readonly cluster: ControlPlane;
  readonly node: TestNode;
  /** Begin of the audit log's part that counts. */
  readonly mark: AuditMark;
  readonly #ends: (() => Promise<unknown>)[] = [];
  readonly #logs: string[] = [];

  private constructor(cluster: ControlPlane, node: TestNode, mark: AuditMark) {
    this.cluster = cluster;
    this.node = node;
    this.mark = mark;
    this.#ends.push(() => node.stop());
    this.#logs.push(node.fileOf('/var/log/calico/cni/cni.log'));
  }

  static async start(cluster: ControlPlane): Promise<Operands> {
    const mark = await cluster.auditLog.mark();
    // The first node's address would end in .0.
    const [name = ''] = await cluster.createNodes(1, { first: 1 });
    return new Operands(cluster, await TestNode.start(cluster, name), mark);
  }

  /** Starts our operator and has it install Calico; resolves when the Installation is Ready. */
  async install(spec: InstallationSpec): Promise<void> {
    const args = ['--leader-election=false'];
    const operator = await startOperator(this.cluster, { program: 'source', args });
    this.#ends.push(() => operator.stop());
    const installation = { apiVersion: 'operator.tigera.io/v1', kind: 'Installation' };
    const { api } = this.cluster;
    await api.apply(installationPath, { ...installation, metadata: { name: 'default' }, spec });
    await eventually(async () => isReady(await api.get(installationPath)), {
      description: 'the Installation to be Ready',
    });
  }

  /** The logs of everything that was run, the operator's not among them. */
  get logs(): readonly string[] {
    return this.#logs;
  }

  /** A pod of Calico by its label `k8s-app`. */
  async pod(app: string): Promise<Pod> {
    const path = `/api/v1/namespaces/calico-system/pods?labelSelector=k8s-app%3D${app}`;
    return eventually(
      async () => (await this.cluster.api.list<Pod>(path)).find(({ status }) => status?.phase === 'Running'),
      { description: `a pod of ${app} to run` },
    );
  }

  /** Starts a container of a pod of Calico. Its program is started by {@link run}. */
  async container(app: string, name: string): Promise<TestContainer> {
    const container = await TestContainer.start(this.cluster, this.node, await this.pod(app), name);
    this.#ends.push(() => container.stop());
    return container;
  }

  /** Starts a program in a container; it ends with the test file. */
  async run(
    container: TestContainer,
    command: readonly string[],
    extraEnv?: Readonly<Record<string, string>>,
  ): Promise<Program> {
    const program = await container.run(command, extraEnv);
    this.#ends.push(() => program.stop('SIGKILL'));
    this.#logs.push(program.logFile);
    return program;
  }

  /** Starts Felix in a calico-node container; the caller stops it, and judges its log. */
  async startFelix(
    container: TestContainer,
    extraEnv: Readonly<Record<string, string>> = {},
  ): Promise<Program> {
    const env = { ...felixEnv(await this.pod('calico-node')), ...extraEnv };
    return container.run(['/bin/calico-node', '-felix'], env);
  }

  /** Does in the calico-node container what its image does, but for BIRD. */
  async runCalicoNode(): Promise<{ readonly container: TestContainer; readonly felix: Program }> {
    const container = await this.container('calico-node', 'calico-node');
    const calicoNode = '/bin/calico-node';
    await this.#runToEnd(container, [calicoNode, '-startup']);
    await this.#runToEnd(container, [
      calicoNode,
      '-allocate-tunnel-addrs',
      '-allocate-tunnel-addrs-run-once',
    ]);
    await this.run(container, [calicoNode, '-node-services']);
    const felix = await this.run(container, [calicoNode, '-felix'], felixEnv(await this.pod('calico-node')));
    return { container, felix };
  }

  /** Runs the init container that installs the CNI plugin and its configuration on the node. */
  async installCni(): Promise<void> {
    const container = await this.container('calico-node', 'install-cni');
    await this.#runToEnd(container, container.spec.command ?? []);
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end();
  }

  async #runToEnd(container: TestContainer, command: readonly string[]): Promise<void> {
    const program = await this.run(container, command);
    const { code } = await program.exited();
    if (code === 0) return;
    const log = await readFile(program.logFile, 'utf8');
    throw new Error(`${command.join(' ')} ended with code ${code ?? '?'}:\n${log.slice(-2000)}`);
  }
}

/**
 * For a test file: the operands of an Installation, in a fresh cluster. `start` runs before the tests. After each test
 * the API server has denied nothing to any of Calico's accounts, and no log complains about rights or certificates.
 */
export function useOperands(
  spec: InstallationSpec,
  start: (operands: Operands) => Promise<unknown>,
): () => Operands {
  const cluster = useFreshCluster(preparation);
  let operands: Operands | undefined;
  beforeAll(async () => {
    operands = await Operands.start(cluster());
    await operands.install(spec);
    await start(operands);
  }, setupTimeout);
  const expectNoRefusals = async (): Promise<void> => {
    if (!operands) return;
    expect(await deniedRequests(cluster(), operands.mark)).toEqual([]);
    expect(await complaints(operands.logs)).toEqual([]);
  };
  afterEach(expectNoRefusals);
  afterAll(async () => {
    try {
      await expectNoRefusals();
    } finally {
      await operands?.stop();
    }
  }, setupTimeout);
  return () => {
    if (!operands) throw new Error('the operands are there only inside of tests');
    return operands;
  };
}

function isReady(installation: KubeObject & { readonly status?: unknown }): boolean {
  const status = installation.status as
    | { conditions?: readonly { type: string; status: string }[] }
    | undefined;
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}
