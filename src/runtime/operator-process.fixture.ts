/** What the tests of `OperatorProcess` share. */
import { KubeConfig } from '@kubernetes/client-node';
import { FakeClock } from '../fake-clock.ts';
import { StatusError } from '../kube/errors.ts';
import type { KubeClient, ObjectRef } from '../kube/types.ts';
import { silentLogger } from '../telemetry/types.ts';
import type { ResourceEvent, ResourceMeta } from './dot-i.ts';
import { OperatorProcess } from './operator-process.ts';
import type { ObjectEvent } from './resource-watch.ts';

export type KubeObject = Parameters<KubeClient['create']>[1];

export const group = 'operator.tigera.io';
export const apiVersion = `${group}/v1`;
export const conflict = new StatusError('the object has been modified', { code: 409, reason: 'Conflict' });

export const installation = (more: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion,
  kind: 'Installation',
  metadata: { name: 'default', uid: 'u1', resourceVersion: '5', ...metadata },
  ...more,
});

export const meta: ResourceMeta = {
  id: `installations.${apiVersion}`,
  name: 'default',
  resourceVersion: '5',
  apiVersion,
  kind: 'Installation',
};

const resources: readonly ObjectRef['resource'][] = [
  { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true },
  { group, version: 'v1', plural: 'installations', kind: 'Installation', namespaced: false },
];

/** Opens what the base class protects. */
export class Probe extends OperatorProcess {
  readonly initialised: string[] = [];

  protected init(): Promise<void> {
    this.initialised.push('init');
    return Promise.resolve();
  }

  uri = (...args: readonly [string, string, string, string?]) => this.getCustomResourceApiUri(...args);
  watch = (onEvent: (event: ResourceEvent) => Promise<void>, plural = 'installations') =>
    this.watchResource(group, 'v1', plural, onEvent);
  register = (file: string) => this.registerCustomResourceDefinition(file);
  setStatus = (status: unknown) => this.setResourceStatus(meta, status);
  patchStatus = (status: unknown) => this.patchResourceStatus(meta, status);
  finalize = (event: ResourceEvent, action: () => Promise<void>) =>
    this.handleResourceFinalizer(event, 'tigera.io/test', action);
  closeWith = (closer: () => Promise<void>) => this.onShutdown(closer);
  api = () => this.k8sApi;
  config = () => this.kubeConfig;
  signal = () => this.stopping;
}

export function setUp(methods: Partial<KubeClient> = {}) {
  const clock = new FakeClock();
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'test', server: 'https://api.example:6443/', skipTLSVerify: false },
    { name: 'test' },
  );
  let deliver: (event: ObjectEvent) => void = () => undefined;
  let signal: AbortSignal | undefined;
  const process = new Probe({
    kubeConfig,
    client: methods as KubeClient,
    resources,
    fieldManager: 'calico-operator/test',
    clock,
    logger: silentLogger,
    source: (_resource, _namespace, onEvent, stop) => {
      deliver = onEvent;
      signal = stop;
      return Promise.resolve();
    },
  });
  return {
    clock,
    kubeConfig,
    process,
    deliver: (event: ObjectEvent) => deliver(event),
    stopped: () => signal,
  };
}
