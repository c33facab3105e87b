/** Overrides of a rendered workload: one shape for all of them, with the fields that each of them allows. */
import Type, { type TObject, type TProperties, type TSchema } from 'typebox';
import { intOrString, integer, mapList, object, oneOf, optional, type Rule, stringMap, text } from './kit.ts';
import { affinity, resourceRequirements, tolerations, topologySpreadConstraints } from './pod-types.ts';

const metadata = (of: string) =>
  object(`Labels and annotations to add to ${of}. Existing keys stay as they are.`, {
    labels: optional(stringMap('Labels to add.')),
    annotations: optional(stringMap('Annotations to add.')),
  });

/** A container override: the container is found by name. */
export const container = <const Name extends string, More extends TProperties = Record<never, never>>(
  names: readonly Name[],
  more?: More,
) =>
  object('One container.', {
    name: oneOf(names, 'Which container. A name that the pod does not have is ignored.'),
    resources: optional(resourceRequirements('Replaces requests and limits of the container as a whole.')),
    ...(more as More),
  });

const containerList = <Item extends TSchema>(item: Item, what: string) =>
  optional(mapList(item, ['name' as never], `Resources of ${what}, found by name.`, { maxItems: 16 }));

const amountRule: Rule = {
  rule: 'type(self) == int ? self >= 0 : self.matches("^[0-9]{1,3}%$")',
  message: 'must be a number of pods, or a percentage like "25%"',
};

export const rollingUpdate = (description: string) =>
  object(
    description,
    {
      maxSurge: optional(
        intOrString('Pods above the wanted number during an update.', { rules: [amountRule] }),
      ),
      maxUnavailable: optional(
        intOrString('Pods that may be missing during an update.', {
          rules: [
            amountRule,
            {
              rule: 'type(self) == int || !self.matches("^[0-9]+%$") || int(self.replace("%", "")) <= 100',
              message: 'maxUnavailable can be 100% at most',
            },
          ],
        }),
      ),
    },
    {
      rules: [
        {
          rule: '!(has(self.maxSurge) && has(self.maxUnavailable) && self.maxSurge in [dyn(0), dyn("0%")] && self.maxUnavailable in [dyn(0), dyn("0%")])',
          message: 'maxSurge and maxUnavailable cannot both be 0: no pod could ever be replaced',
        },
      ],
    },
  );

/** `spec.strategy` of a Deployment override. */
export const deploymentStrategy = object('Replaces the update strategy.', {
  rollingUpdate: optional(rollingUpdate('How many pods an update may add or take at a time.')),
});

export const terminationGracePeriod = optional(
  integer('Seconds that pods get to end by themselves.', { minimum: 0, format: 'int64' }),
);

export const priorityClassName = optional(text('PriorityClass of the pods.', { maxLength: 253 }));

export const spreadConstraints = optional(
  topologySpreadConstraints('How pods are spread over the cluster. Replaces the built-in constraints.'),
);

interface Shape<
  Pod extends TProperties,
  Spec extends TProperties,
  Item extends TSchema,
  Init extends TSchema,
> {
  readonly workload: string;
  readonly containers: Item;
  readonly initContainers?: Init;
  /** Further fields of the pod spec. */
  readonly pod?: Pod;
  /** Further fields beside the template. */
  readonly spec?: Spec;
}

const basePod = {
  affinity: optional(affinity('Replaces the built-in affinity.')),
  nodeSelector: optional(stringMap('Node labels to ask for besides the built-in ones.')),
  tolerations: optional(tolerations('Replaces the built-in tolerations.')),
};

/**
 * Schema of one override field.
 *
 * @param shape names the workload, its containers, and what this workload allows beyond the common fields.
 */
export function override<
  Item extends TSchema,
  Init extends TSchema = ReturnType<typeof Type.Never>,
  Pod extends TProperties = Record<never, never>,
  Spec extends TProperties = Record<never, never>,
>(shape: Shape<Pod, Spec, Item, Init>) {
  const containers = { containers: containerList(shape.containers, 'containers') };
  const init = (shape.initContainers === undefined
    ? {}
    : {
        initContainers: containerList(shape.initContainers, 'init containers'),
      }) as unknown as InitField<Init>;
  const podSpec = object('What to change in the pods.', {
    ...basePod,
    ...containers,
    ...init,
    ...(shape.pod as Pod),
  });
  return object(`Changes to ${shape.workload}.`, {
    metadata: optional(metadata('the object')),
    spec: optional(
      object('What to change in the workload.', {
        minReadySeconds: optional(
          integer('Seconds that a new pod must be ready before it counts as available.', {
            minimum: 0,
            maximum: 2147483647,
          }),
        ),
        template: optional(
          object('What to change in the pod template.', {
            metadata: optional(metadata('the pods')),
            spec: optional(podSpec as TObject<typeof basePod & typeof containers & InitField<Init> & Pod>),
          }),
        ),
        ...(shape.spec as Spec),
      }),
    ),
  });
}

type InitField<Init extends TSchema> = { initContainers: ReturnType<typeof containerList<Init>> };
