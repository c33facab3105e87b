/** What an override says without effect, or with one that its author may not expect. */
import type { Container } from '../../api/kubernetes.ts';
import type { MetadataOverride, OverrideBlock } from '../../api/workload-override.ts';
import type { FieldMistake } from '../../resolve/findings.ts';
import { sortedEntries } from '../../resolve/findings.ts';
import type { Resolved } from '../../resolve/types.ts';
import { reservation } from '../../resolve/validate/overrides/containers.ts';
import { stableJson } from '../shared/hash.ts';
import { isReservedKey } from '../shared/overrides.ts';
import { type ContainerPair, containerPairs, podPlace, type Pairing } from './pairs.ts';

/** Why a block has no effect for now. `rendered`: its workload is among the objects that may come to run. */
export function remarksWithoutWorkload(
  block: OverrideBlock,
  { spec, typha }: Resolved,
  rendered: boolean,
): readonly FieldMistake[] {
  const field = `spec.${block}`;
  if (block === 'typhaDeployment' && !typha.wanted) {
    return typha.mode === 'Never'
      ? [
          {
            field,
            problem: 'Typha does not run, since spec.typha.mode is Never',
            cure: 'Remove it, or set mode to Auto or Always',
          },
        ]
      : [
          {
            field,
            problem: 'Typha does not run on so few nodes, so it has no effect yet',
            cure: 'Leave it for later, or set spec.typha.mode to Always',
          },
        ];
  }
  if (rendered) return [];
  const problem = 'its workload does not run, so it has no effect';
  switch (block) {
    case 'csiNodeDriverDaemonSet':
      return [
        {
          field,
          problem: `${problem}: spec.kubeletVolumePluginPath is ${spec.kubeletVolumePluginPath}`,
          cure: 'Remove it, or set kubeletVolumePluginPath',
        },
      ];
    case 'calicoNodeWindowsDaemonSet':
      return [
        {
          field,
          problem: `${problem}: spec.calicoNetwork.windowsDataplane is ${spec.calicoNetwork.windowsDataplane}`,
          cure: 'Remove it, or set windowsDataplane to HNS',
        },
      ];
    case 'calicoNodeDaemonSet':
    case 'calicoKubeControllersDeployment':
    case 'typhaDeployment':
      return [{ field, problem, cure: 'Remove it' }];
  }
}

/** Remarks on a block whose workload is there. */
export function remarksOnBlock(pairing: Pairing): readonly FieldMistake[] {
  const { block, override, workload } = pairing;
  const template = workload.spec?.template;
  const selector = override.spec?.template?.spec?.nodeSelector;
  return [
    ...ignoredMetadata(override.metadata, workload.metadata, `spec.${block}.metadata`),
    ...ignoredMetadata(
      override.spec?.template?.metadata,
      template?.metadata,
      `spec.${block}.spec.template.metadata`,
    ),
    ...containerPairs(pairing).flatMap((pair) => remarksOnContainer(pair, block)),
    ...ignoredKeys(selector, template?.spec?.nodeSelector, `${podPlace(pairing)}.nodeSelector`, () => false),
  ];
}

function ignoredMetadata(
  wanted: MetadataOverride | undefined,
  rendered: MetadataOverride | undefined,
  place: string,
): readonly FieldMistake[] {
  return (['labels', 'annotations'] as const).flatMap((map) =>
    ignoredKeys(wanted?.[map], rendered?.[map], `${place}.${map}`, isReservedKey),
  );
}

type Pairs = Readonly<Record<string, string>> | undefined;

function ignoredKeys(
  wanted: Pairs,
  rendered: Pairs,
  field: string,
  isReserved: (key: string) => boolean,
): readonly FieldMistake[] {
  return sortedEntries(wanted).flatMap(([key, value]): readonly FieldMistake[] => {
    const own = rendered !== undefined && Object.hasOwn(rendered, key) ? rendered[key] : undefined;
    if (value === own || (own === undefined && !isReserved(key))) return [];
    const problem = own === undefined ? 'the key is reserved' : `the operator sets the key to ${own}`;
    return [
      { field, value: `${key}: ${value}`, problem: `${problem}, so it has no effect`, cure: 'Remove it' },
    ];
  });
}

function remarksOnContainer(pair: ContainerPair, block: OverrideBlock): readonly FieldMistake[] {
  const { place, override, container, others } = pair;
  if (container === undefined) {
    return [
      {
        field: `${place}.name`,
        value: override.name,
        problem: 'the pods have no such container, so it has no effect',
        cure: cureOfName(override.name, others),
      },
    ];
  }
  return [...replacedVariables(pair, container, block), ...imageArguments(pair, container)];
}

/** Where a container with a known name comes from. */
const origins: Readonly<Record<string, string>> = {
  'flexvol-driver': 'set flexVolumePath',
  'install-cni': 'set cni.type to Calico',
};

function cureOfName(name: string, others: readonly string[]): string {
  const origin = name.endsWith('-certs-key-cert-provisioner') ? 'set certificateManagement' : origins[name];
  const choice = others.length === 0 ? '' : `, or name one of ${others.join(', ')}`;
  return origin === undefined ? `Remove it${choice}` : `Remove it, or ${origin}`;
}

/** Values are left out: they may be secret. Reserved variables are refused anyway. */
function replacedVariables(
  { place, override }: ContainerPair,
  container: Container,
  block: OverrideBlock,
): readonly FieldMistake[] {
  return (override.env ?? []).flatMap((variable, index): readonly FieldMistake[] => {
    const own = container.env?.find(({ name }) => name === variable.name);
    const isRefused = reservation(block, container.name, variable.name) !== undefined;
    if (own === undefined || isRefused || stableJson(own) === stableJson(variable)) return [];
    return [
      {
        field: `${place}.env[${index}]`,
        value: variable.name,
        problem: 'it takes the place of the value of the operator, which no setting changes any more',
        cure: 'Remove it as soon as you can do without',
      },
    ];
  });
}

/** Images start their programs by arguments of their own, which those of a pod replace. */
function imageArguments({ place, override }: ContainerPair, container: Container): readonly FieldMistake[] {
  const { args = [] } = override;
  if (args.length === 0 || container.args !== undefined || container.command !== undefined) return [];
  return [
    {
      field: `${place}.args`,
      problem: 'they take the place of the arguments of the image, which say what program to start',
      cure:
        container.name === 'calico-node'
          ? 'Begin with start_runit, or set variables instead'
          : 'Begin with the program, or set variables instead',
    },
  ];
}
