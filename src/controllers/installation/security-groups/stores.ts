/** What only OpenShift on AWS needs: watched there, and nowhere else. */
import type { Deployment, Job, KubeObject, PodSpec } from '../../../api/kubernetes.ts';
import type { OpenShiftInfrastructure } from '../../../api/openshift.ts';
import { type ResourceType, resources } from '../../../api/resources.ts';
import type { OnDemandStore, Store } from '../../../cache/types.ts';
import type { Selection } from '../../../kube/types.ts';
import { securityGroupNames } from '../../../render/openshift/security-groups.ts';
import type { OwnImage } from '../../../render/types.ts';
import { awsFacts } from '../../../resolve/aws.ts';
import type { AwsFacts } from '../../../resolve/types.ts';
import { type AttemptFacts, projectAttempt } from './attempts.ts';

/** Declares a watch that runs on demand. */
export type WatchOnDemand = <Item>(
  selection: Selection,
  project?: (object: KubeObject) => Item,
) => OnDemandStore<Item>;

/** Names of the Deployment that the operator may have unless it is told another. */
export const defaultOperatorName = 'tigera-operator';

/** The watches, and what they tell. */
export class AwsStores {
  readonly #infrastructure: OnDemandStore<OpenShiftInfrastructure>;
  readonly #deployment: OnDemandStore<Deployment>;
  readonly #jobs: OnDemandStore<Job>;
  readonly #attempts: OnDemandStore<AttemptFacts>;
  readonly #operatorName: string;
  /** Of the objects that the operator makes. */
  readonly owned: readonly OnDemandStore<KubeObject>[];

  /** @param operatorName name of the operator's Deployment */
  constructor(watch: WatchOnDemand, operatorNamespace: string, operatorName: string) {
    const { job, account, secretNamespace } = securityGroupNames;
    const named = <Item extends KubeObject>(
      resource: ResourceType,
      name: string,
      namespace: string,
    ): OnDemandStore<Item> => watch({ resource, namespace, fieldSelector: `metadata.name=${name}` });
    this.#operatorName = operatorName;
    this.#infrastructure = watch({
      resource: resources.Infrastructure,
      fieldSelector: 'metadata.name=cluster',
    });
    this.#deployment = named(resources.Deployment, operatorName, operatorNamespace);
    this.#jobs = named<Job>(resources.Job, job, operatorNamespace);
    this.#attempts = watch(
      { resource: resources.Pod, namespace: operatorNamespace, labelSelector: `k8s-app=${job}` },
      projectAttempt,
    );
    this.owned = [
      this.#jobs,
      named(resources.ServiceAccount, account, operatorNamespace),
      ...[...new Set([operatorNamespace, secretNamespace])].flatMap((namespace) => [
        named(resources.Role, account, namespace),
        named(resources.RoleBinding, account, namespace),
      ]),
    ];
  }

  /**
   * Begins and ends watches: whether this is AWS is asked on OpenShift alone, all the rest only there.
   * @returns false for the moment until what has begun is complete
   */
  follow(isOpenShift: boolean): boolean {
    this.#infrastructure.demand(isOpenShift);
    const isAws = awsFacts(this.#infrastructure.get('cluster')) !== undefined;
    for (const store of this.#others) store.demand(isAws);
    return [this.#infrastructure, ...this.#others].every(({ state }) => state !== 'syncing');
  }

  /** For a program that looks once, before it is known what is needed: asks for all of it. */
  demandAll(): void {
    for (const store of [this.#infrastructure, ...this.#others]) store.demand(true);
  }

  /** Absent on other platforms. */
  facts(hosted: boolean): AwsFacts | undefined {
    return awsFacts(this.#infrastructure.get('cluster'), hosted);
  }

  /** What the operator may not watch although it has to. */
  get forbidden(): readonly Selection[] {
    return [this.#infrastructure, ...this.#others]
      .filter(({ state }) => state === 'forbidden')
      .map(({ selection }) => selection);
  }

  /** How the operator's own pods are started; while its Deployment is not to be found, as the Job has it. */
  get ownImage(): OwnImage | undefined {
    const { namespace } = this.#deployment.selection;
    const source = this.#deployment.get(this.#operatorName, namespace) ?? this.job;
    return ownImageOf(source?.spec?.template.spec);
  }

  get job(): Job | undefined {
    return this.#jobs.get(securityGroupNames.job, this.#jobs.selection.namespace);
  }

  /** Pods of the Job. */
  get attempts(): readonly AttemptFacts[] {
    return this.#attempts.list();
  }

  get #others(): readonly (Store<unknown> & Pick<OnDemandStore<unknown>, 'demand'>)[] {
    return [this.#deployment, this.#attempts, ...this.owned];
  }
}

/** Of the container that runs the operator, should somebody have put others beside it. */
function ownImageOf(pod: PodSpec | undefined): OwnImage | undefined {
  const container = pod?.containers.find(({ args = [] }) => args.includes('run')) ?? pod?.containers[0];
  if (container?.image === undefined) return undefined;
  return {
    image: container.image,
    imagePullPolicy: container.imagePullPolicy ?? 'IfNotPresent',
    imagePullSecrets: pod?.imagePullSecrets?.flatMap(({ name }) => name ?? []) ?? [],
  };
}
