/** Why the API server would not take a rendered object, as far as can be known without one. */
import type {
  DaemonSet,
  Deployment,
  Job,
  KubeObject,
  PodTemplateSpec,
  Service,
} from '../../../src/api/kubernetes.ts';
import { schemaOf } from '../../reference/admission/schemas.ts';
import { validate } from '../../reference/admission/validate.ts';
import { isObjectName, metadataMistakes } from './metadata-rules.ts';
import { podMistakes } from './pod-rules.ts';
import { shapeMistakes } from './shape.ts';

/** Everything that is wrong with it: shape, metadata, and for workloads and Services what the API server judges in code. */
export function objectMistakes(object: KubeObject): readonly string[] {
  const shape = shapeMistakes(object) ?? customMistakes(object);
  if (shape.length > 0) return shape;
  const name = isObjectName(object.kind, object.metadata.name) ? [] : [`name ${object.metadata.name}`];
  return [...name, ...metadataMistakes(object.metadata, 'metadata'), ...contentMistakes(object)];
}

/** Calico's own kinds are held against our CRDs. */
function customMistakes(object: KubeObject): readonly string[] {
  const { metadata, ...content } = object;
  return validate(schemaOf(object.kind), { ...content, metadata: { name: metadata.name } });
}

function* contentMistakes(object: KubeObject): Generator<string> {
  switch (object.kind) {
    case 'DaemonSet':
      yield* workloadMistakes(object as DaemonSet);
      yield* updateMistakes(object as DaemonSet);
      return;
    case 'Deployment':
      yield* workloadMistakes(object as Deployment);
      yield* rolloutMistakes(object as Deployment);
      return;
    case 'Job':
      yield* podTemplateMistakes((object as Job).spec?.template);
      return;
    case 'Service':
      for (const { port } of (object as Service).spec?.ports ?? [])
        if (port < 1 || port > 65535) yield `port ${port}`;
  }
}

function* workloadMistakes({ spec }: DaemonSet | Deployment): Generator<string> {
  if (spec === undefined) return;
  const { template, selector, minReadySeconds = 0 } = spec;
  yield* podTemplateMistakes(template);
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (template.metadata?.labels?.[key] !== value)
      yield `spec.selector: ${key}=${value} is not in the template`;
  }
  if (minReadySeconds < 0) yield `spec.minReadySeconds: ${minReadySeconds}`;
}

function* podTemplateMistakes(template: PodTemplateSpec | undefined): Generator<string> {
  yield* metadataMistakes(template?.metadata ?? {}, 'spec.template.metadata');
  if (template?.spec !== undefined) yield* podMistakes(template.spec, 'spec.template.spec');
}

const amountOf = (amount: number | string | undefined, absent: number): number =>
  typeof amount === 'string' ? Number(/^([0-9]{1,3})%$/.exec(amount)?.[1] ?? NaN) : (amount ?? absent);

function* updateMistakes({ spec }: DaemonSet): Generator<string> {
  const update = spec?.updateStrategy?.rollingUpdate;
  if (update === undefined) return;
  const [surge, missing] = [amountOf(update.maxSurge, 0), amountOf(update.maxUnavailable, 1)];
  // One of the two, never both and never none.
  if (!(surge >= 0 && missing >= 0) || (surge === 0) === (missing === 0))
    yield `spec.updateStrategy: ${JSON.stringify(update)}`;
}

function* rolloutMistakes({ spec }: Deployment): Generator<string> {
  const { minReadySeconds = 0, progressDeadlineSeconds = 600, strategy } = spec ?? {};
  if (progressDeadlineSeconds <= minReadySeconds)
    yield `spec.progressDeadlineSeconds: ${progressDeadlineSeconds} is not above minReadySeconds`;
  const update = strategy?.rollingUpdate;
  if (update === undefined) return;
  const [surge, missing] = [amountOf(update.maxSurge, 25), amountOf(update.maxUnavailable, 25)];
  if (!(surge >= 0 && missing >= 0 && surge + missing > 0)) yield `spec.strategy: ${JSON.stringify(update)}`;
}
