/** The pod network that kubeadm was told of. */
import { CORE_SCHEMA, load } from 'js-yaml';
import type { ConfigMap } from '../../api/kubernetes.ts';
import type { Refusal } from '../../api/refusal.ts';
import { type Cidr, parseCidr } from '../cidr.ts';
import { showValue } from '../findings.ts';

/** Ranges, empty where kubeadm was told of none; or what makes the ConfigMap unreadable. */
export interface PodNetworks {
  readonly cidrs: readonly Cidr[];
  readonly problems: readonly Refusal[];
}

const key = 'ClusterConfiguration';
const field = `data.${key}`;

/** Ranges of Services as kubeadm was told of them, as they stand there; empty where it was told of none. */
export function readKubeadmServiceNetworks(configMap: ConfigMap | undefined): readonly string[] {
  try {
    const document = load(configMap?.data?.[key] ?? '', { schema: CORE_SCHEMA });
    const serviceSubnet = property(property(document, 'networking'), 'serviceSubnet');
    return typeof serviceSubnet === 'string' ? serviceSubnet.split(',').map((part) => part.trim()) : [];
  } catch {
    return [];
  }
}

/** Reads `networking.podSubnet` of the ConfigMap `kube-system/kubeadm-config`: ranges separated by commas. */
export function readKubeadmPodNetworks(configMap: ConfigMap | undefined): PodNetworks {
  const text = configMap?.data?.[key];
  if (text === undefined) return { cidrs: [], problems: [] };
  let document: unknown;
  try {
    document = load(text, { schema: CORE_SCHEMA });
  } catch {
    return { cidrs: [], problems: [unreadable(field, undefined, 'it is not YAML')] };
  }
  const podSubnet = property(property(document, 'networking'), 'podSubnet');
  if (podSubnet === undefined || podSubnet === null) return { cidrs: [], problems: [] };
  const at = `${field}.networking.podSubnet`;
  if (typeof podSubnet !== 'string') {
    return { cidrs: [], problems: [unreadable(at, podSubnet, 'it is not text')] };
  }
  return parseNetworks(
    podSubnet.split(',').map((part) => part.trim()),
    (value, problem) => unreadable(at, value, problem),
  );
}

/** Parses ranges that the platform names; empty texts are passed over. */
export function parseNetworks(
  texts: readonly string[],
  unreadableAs: (value: string, problem: string) => Refusal,
): PodNetworks {
  const cidrs: Cidr[] = [];
  const problems: Refusal[] = [];
  for (const text of texts.filter((part) => part !== '')) {
    const parsed = parseCidr(text);
    if (parsed.kind === 'cidr') cidrs.push(parsed.cidr);
    else problems.push(unreadableAs(text, parsed.problem));
  }
  return { cidrs, problems };
}

function unreadable(at: string, value: unknown, problem: string): Refusal {
  return {
    reason: 'InvalidConfigurationError',
    object: 'ConfigMap kube-system/kubeadm-config',
    field: at,
    ...(value === undefined ? {} : { value: showValue(value) }),
    problem: `the pod network cannot be read from it: ${problem}`,
    cure: 'List the pools in spec.calicoNetwork.ipPools of Installation default, or correct the ConfigMap',
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
