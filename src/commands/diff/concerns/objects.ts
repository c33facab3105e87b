/** What a change of an object does to the users' pods: also when nobody changed the spec, but somebody the object. Pure. */
import type { DaemonSet, KubeObject, Secret } from '../../../api/kubernetes.ts';
import { describeRef } from '../../../apply/refs.ts';
import { kubeProxyRef } from '../../../controllers/installation/kube-proxy/change.ts';
import { isSwitchedOff } from '../../../controllers/installation/kube-proxy/decide.ts';
import { stableJson } from '../../../render/shared/hash.ts';
import { names } from '../../../render/shared/names.ts';
import type { NodeSummary, TyphaDecision } from '../../../resolve/types.ts';
import type { Change, Concern } from '../types.ts';
import { poolConcerns, type Pools } from './pools.ts';
import { configurationConcerns, environmentConcerns } from './settings.ts';

/** What else there is to know. */
export interface Surrounding {
  readonly nodes: NodeSummary;
  readonly pools: Pools;
  readonly typha: Pick<TyphaDecision, 'wanted' | 'switchOnAbove'>;
  /** Linux nodes shall have the BPF data plane. */
  readonly servedByBpf: boolean;
}

/** All that a change brings along. */
export function objectConcerns(change: Change, surrounding: Surrounding): readonly Concern[] {
  const { ref } = change;
  switch (ref.resource.kind) {
    case 'IPPool':
      return poolConcerns(change, surrounding.pools);
    case 'FelixConfiguration':
    case 'BGPConfiguration':
      return configurationConcerns(change);
    case 'DaemonSet':
    case 'Deployment':
    case 'CSIDriver':
      return workloadConcerns(change, surrounding);
    case 'Secret':
      return authorityConcerns(change, surrounding);
    default:
      return [];
  }
}

type Told = Pick<Concern, 'severity' | 'topic' | 'because'>;

const nodeGone: Told = {
  severity: 'disruptive',
  topic: names.node,
  because:
    'calico-node stops on every node at once: no pod starts, and no policy or route is updated until it is back',
};
const csiGone: Told = {
  severity: 'disruptive',
  topic: 'CSI driver',
  because: `no pod with a volume of ${names.csiDriver} starts any more`,
};
const csiAgain: Told = {
  severity: 'note',
  topic: 'CSI driver',
  because: `pods with a volume of ${names.csiDriver} start only when it is there again`,
};
const typhaComes: Told = {
  severity: 'note',
  topic: 'Typha',
  because:
    'calico-node is pointed at Typha once it runs, so that nothing is cut off; TCP port 5473 has to be open between nodes',
};
const windowsGone: Told = {
  severity: 'disruptive',
  topic: 'Windows',
  because: 'Windows nodes lose their network plugin: no pod starts there any more',
};

function typhaGoes({ nodes: { total }, typha }: Surrounding): Told {
  return total > typha.switchOnAbove
    ? {
        severity: 'disruptive',
        topic: 'Typha',
        because: `calico-node of all ${total} nodes asks the API server itself from then on: where that is overloaded, policies and routes come late`,
      }
    : {
        severity: 'note',
        topic: 'Typha',
        because: 'Typha goes when every calico-node runs without it, so that nothing is cut off',
      };
}

/** What the coming and going of an object means. */
function presence({ ref, action }: Change, surrounding: Surrounding): Told | undefined {
  switch (`${action} ${ref.name}`) {
    case `recreate ${names.node}`:
    case `delete ${names.node}`:
      return nodeGone;
    case `recreate ${names.csi}`:
    case `recreate ${names.csiDriver}`:
      return csiAgain;
    case `delete ${names.csi}`:
    case `delete ${names.csiDriver}`:
      return csiGone;
    case `create ${names.typha}`:
      return typhaComes;
    case `delete ${names.typha}`:
      return typhaGoes(surrounding);
    case `recreate ${names.nodeWindows}`:
    case `delete ${names.nodeWindows}`:
      return windowsGone;
    default:
      return undefined;
  }
}

function workloadConcerns(change: Change, surrounding: Surrounding): readonly Concern[] {
  const { ref, action } = change;
  const object = describeRef(ref);
  if (describeRef(ref) === describeRef(kubeProxyRef)) return kubeProxyConcerns(change, surrounding);
  const told = presence(change, surrounding);
  if (told !== undefined) return [{ ...told, object, field: 'metadata' }];
  if (ref.name !== names.node || action !== 'update') return [];
  const because =
    'calico-node leaves nodes that no longer fit: no pod starts there, and no policy or route is updated';
  return [
    ...scheduling(change).map((field) => ({
      severity: 'disruptive' as const,
      topic: 'scheduling',
      object,
      field,
      because,
    })),
    ...environmentConcerns(change),
  ];
}

/** The operator only ever keeps it off all nodes, or lets it back. */
function kubeProxyConcerns({ ref, after }: Change, { servedByBpf }: Surrounding): readonly Concern[] {
  const leaves = isSwitchedOff(after as DaemonSet | undefined);
  const told: Pick<Concern, 'severity' | 'because'> = leaves
    ? {
        severity: 'disruptive',
        because:
          'BPF alone serves Services from then on: what still goes by the rules that kube-proxy leaves on the nodes is not told of new endpoints any more, and breaks when its endpoint goes',
      }
    : servedByBpf
      ? { severity: 'note', because: 'kube-proxy runs beside BPF, which goes on serving Services' }
      : {
          severity: 'disruptive',
          because:
            'kube-proxy serves Services again: when it does on every node, BPF lets go, and connections through Services may break there',
        };
  const field = 'spec.template.spec.nodeSelector';
  return [{ ...told, topic: 'kube-proxy', object: describeRef(ref), field }];
}

/** Which of the fields that say where pods may run leave nodes out that fitted. */
function scheduling({ before, after }: Change): readonly string[] {
  const [old, next] = [before, after].map((object) => (object as DaemonSet | undefined)?.spec?.template.spec);
  const selected = old?.nodeSelector ?? {};
  const required = (pod: typeof next): string =>
    stableJson(pod?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? null);
  const tolerated = new Set(next?.tolerations?.map((toleration) => stableJson(toleration)));
  const narrower = {
    nodeSelector: Object.entries(next?.nodeSelector ?? {}).some(([key, value]) => selected[key] !== value),
    affinity: required(next) !== 'null' && required(next) !== required(old),
    tolerations: old?.tolerations?.some((toleration) => !tolerated.has(stableJson(toleration))) === true,
  };
  return Object.entries(narrower).flatMap(([field, is]) => (is ? [`spec.template.spec.${field}`] : []));
}

/** Both are trusted until every pod has followed (docs/adr/0009-authority-change.md). */
function authorityConcerns(
  { ref, action, before, after }: Change,
  { typha }: Surrounding,
): readonly Concern[] {
  const certificate = (object: KubeObject | undefined): string | undefined =>
    (object as Secret | undefined)?.data?.['tls.crt'];
  const isOther = action === 'update' && certificate(before) !== certificate(after);
  if (ref.name !== names.authority || !isOther || !typha.wanted) return [];
  return [
    {
      severity: 'note',
      topic: 'certificates',
      object: describeRef(ref),
      field: 'data[tls.crt]',
      because: 'Typha follows first, then calico-node, and both authorities are trusted meanwhile',
    },
  ];
}
