/** Overrides of a rendered workload: one shape for all of them, with the fields that each of them allows. */
import type { TProperties, TSchema } from 'typebox';
import {
  atomicList,
  intOrString,
  integer,
  mapList,
  object,
  oneOf,
  optional,
  type Rule,
  text,
} from './kit.ts';
import { reservedVariables } from '../reserved-variables.ts';
import type { OverrideBlock } from '../workload-override.ts';
import { domainName } from './pod-bounds.ts';
import {
  affinity,
  annotationMap,
  envVar,
  labelMap,
  resourceRequirements,
  tolerations,
  topologySpreadConstraints,
  volume,
  volumeMount,
} from './pod-types.ts';

const metadata = (of: string) =>
  object(`Labels and annotations to add to ${of}. Existing keys stay as they are.`, {
    labels: optional(labelMap('Labels to add.')),
    annotations: optional(annotationMap('Annotations to add.')),
  });

/** Fields of every container override: the container is found by name. */
export const containerFields = <const Name extends string>(names: readonly Name[]) => ({
  name: oneOf(
    names,
    'Which container. A name that the pods do not have changes nothing, and is told in the status.',
  ),
  resources: optional(resourceRequirements('Replaces requests and limits of the container as a whole.')),
});

/** Variables, arguments and mounts of a container, within what the block may change. */
const containerAdditions = (block: OverrideBlock) => {
  const reserved = reservedVariables[block].flatMap(({ names }) => names);
  const list = `[${reserved.map((name) => `"${name}"`).join(', ')}]`;
  const why =
    'it says who the node is, where its data or its peers are, or where its probes ask: leave it out';
  const rule: Rule = {
    rule: `!(self in ${list})`,
    message: 'the variable is reserved',
    messageExpression: `"variable " + self + " cannot be set: ${why}"`,
  };
  return {
    env: optional(
      mapList(
        envVar('One variable.', [rule]),
        ['name'],
        'Variables to add; they win over those of the operator.',
        { maxItems: 100 },
      ),
    ),
    args: optional(
      atomicList(
        text('One argument.', { maxLength: 4096 }),
        'Arguments to add behind those of the operator.',
        {
          maxItems: 50,
        },
      ),
    ),
    volumeMounts: optional(
      mapList(
        volumeMount('One mount.', { onWindows: block === 'calicoNodeWindowsDaemonSet' }),
        ['mountPath'],
        'Mounts to add, of volumes of the pod.',
        { maxItems: 50 },
      ),
    ),
  };
};

/** A container override that may also set variables, arguments and mounts. */
export const openContainer = <const Name extends string>(block: OverrideBlock, names: readonly Name[]) =>
  object('One container.', { ...containerFields(names), ...containerAdditions(block) });

/** A container override. */
export const container = <const Name extends string>(names: readonly Name[]) =>
  object('One container.', containerFields(names));

/** `containers` or `initContainers` of an override. */
const containerList = <Item extends TSchema>(item: Item, what: string, rules: readonly Rule[]) =>
  optional(mapList(item, ['name'], `What to change in ${what}, found by name.`, { maxItems: 16, rules }));

/** The field `initContainers`, for workloads that have some. */
export const initContainers = <Item extends TSchema>(item: Item, rules: readonly Rule[] = []) =>
  containerList(item, 'init containers', rules);

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

export const priorityClassName = optional(
  text('PriorityClass of the pods.', { maxLength: 253, pattern: `${domainName}|^$` }),
);

/** What pods of open containers may set besides: volumes and their priority. */
export const podAdditions = {
  priorityClassName,
  volumes: optional(
    mapList(volume('One volume.'), ['name'], 'Volumes to add to the pods, for volumeMounts to name.', {
      maxItems: 50,
    }),
  ),
};

export const spreadConstraints = optional(
  topologySpreadConstraints('How pods are spread over the cluster. Replaces the built-in constraints.'),
);

interface Shape<Containers extends TSchema, Pod extends TProperties, Spec extends TProperties> {
  readonly workload: string;
  readonly containers: Containers;
  /** Further fields of the pod spec. */
  readonly pod: Pod;
  /** Further fields beside the template. */
  readonly spec: Spec;
}

const basePod = {
  affinity: optional(affinity('Replaces the built-in affinity.')),
  nodeSelector: optional(labelMap('Node labels to ask for besides the built-in ones.')),
  tolerations: optional(tolerations('Replaces the built-in tolerations.')),
};

/**
 * Schema of one override field.
 *
 * @param shape names the workload, its containers, and what this workload allows beyond the common fields.
 */
export function override<Containers extends TSchema, Pod extends TProperties, Spec extends TProperties>(
  shape: Shape<Containers, Pod, Spec>,
) {
  const pod = object('What to change in the pods.', {
    ...basePod,
    containers: containerList(shape.containers, 'containers', []),
    ...shape.pod,
  });
  const template = object('What to change in the pod template.', {
    metadata: optional(metadata('the pods')),
    spec: optional(pod),
  });
  const spec = object('What to change in the workload.', {
    minReadySeconds: optional(
      integer('Seconds that a new pod must be ready before it counts as available.', {
        minimum: 0,
        // A rollout may take longer than that, and its limit is such a number too.
        maximum: 2147483646,
      }),
    ),
    template: optional(template),
    ...shape.spec,
  });
  return object(`Changes to ${shape.workload}.`, {
    metadata: optional(metadata('the object')),
    spec: optional(spec),
  });
}
