/**
 * Types of Kubernetes' pods that overrides embed. The definitions hold them without descriptions, which would double their
 * size; the words stand here.
 */
import type { PlainSchema } from '../../src/api/schema/pod-bounds.ts';
import { rulesOf } from './schema.ts';
import type { SharedType } from './sections.ts';

/** Each by the fields that hold one. */
const typeOfField: Readonly<Record<string, string>> = {
  affinity: 'Affinity',
  nodeAffinity: 'NodeAffinity',
  tolerations: 'Toleration',
  controlPlaneTolerations: 'Toleration',
  resources: 'ResourceRequirements',
  resourceRequirements: 'ResourceRequirements',
  env: 'EnvVar',
  volumeMounts: 'VolumeMount',
  volumes: 'Volume',
  dnsConfig: 'PodDNSConfig',
  topologySpreadConstraints: 'TopologySpreadConstraint',
};

/** What each type is for; in the order of the page. */
export const podTypes: Readonly<Record<string, string>> = {
  Affinity: 'Which nodes a pod may or should run on, by their labels and by the pods that run there.',
  NodeAffinity: 'Which nodes a pod may or should run on, by their labels.',
  Toleration: 'A taint of nodes that pods put up with.',
  TopologySpreadConstraint: 'How evenly pods are spread over zones, nodes or other domains.',
  ResourceRequirements: 'What a container asks for, and what it may use at most.',
  EnvVar: 'A variable of the environment.',
  VolumeMount: 'Where a container sees a volume.',
  Volume: 'A volume of the pod: a name and exactly one source.',
  PodDNSConfig: "Name servers and what else stands in the pod's resolv.conf.",
};

/** The type of an object that a field holds; none where our own schemas describe its fields. */
export function podTypeOf(field: string, { properties = {} }: PlainSchema): SharedType | undefined {
  const undescribed = Object.values(properties).every(({ description }) => description === undefined);
  const name = undescribed ? typeOfField[field] : undefined;
  if (name === undefined) return undefined;
  const ofName = properties['name'] ?? {};
  return { name, ownRules: rulesOf(ofName).map((rule) => ({ path: 'name', rule })) };
}

/** The type as its own page has it: which names may be taken differs from holder to holder. */
export function withoutOwnRules(schema: PlainSchema): PlainSchema {
  const { name, ...properties } = schema.properties ?? {};
  if (name === undefined) return schema;
  const { 'x-kubernetes-validations': _, ...rest } = name;
  return { ...schema, properties: { name: rest, ...properties } };
}

const key = 'Key of a label.';
const content = 'Which keys become which files; without, all of them become files of that name.';
const fileMode = 'Permissions of the file, as a decimal number.';
const filePath = 'Path of the file within the volume.';
const fileModes = 'Permissions of files that name none, as a decimal number.';
const optionalSource = 'The pod starts without it, too.';
const term = 'Pods, and the domain in which they count.';

/** What a field means, by the end of its path; the longest end that fits counts. */
const words: Readonly<Record<string, string>> = {
  // Affinity
  nodeAffinity: 'By labels of nodes.',
  podAffinity: 'Near pods that run already.',
  podAntiAffinity: 'Away from pods that run already.',
  requiredDuringSchedulingIgnoredDuringExecution: 'Has to hold, or the node is out of the question.',
  preferredDuringSchedulingIgnoredDuringExecution: 'Nodes for which it holds are taken first.',
  weight: 'How much it counts among other preferences.',
  preference: 'Nodes that are preferred.',
  nodeSelectorTerms: 'Alternatives: a node has to fit one of them.',
  matchExpressions: 'All of them have to hold.',
  'matchExpressions[].key': key,
  'matchExpressions[].operator': 'How the label is compared with the values.',
  'matchExpressions[].values': 'What it is compared with.',
  matchFields: 'As matchExpressions, of fields of the Node: its name is the only one.',
  'matchFields[].key': 'The field.',
  'matchFields[].operator': 'How the field is compared with the value.',
  'matchFields[].values': 'Name of a node.',
  matchLabels: 'Labels with exactly these values.',
  podAffinityTerm: term,
  labelSelector: 'Which pods count.',
  matchLabelKeys: "Labels that have to be as the pod's own, for example of its revision.",
  mismatchLabelKeys: "Labels that have to differ from the pod's own.",
  namespaceSelector: 'Namespaces whose pods count, by labels; empty means all.',
  namespaces: "Namespaces whose pods count, by name; without both, the pod's own.",
  'podAffinityTerm.topologyKey': 'Label of nodes whose value says which nodes are one domain.',
  'Execution[].topologyKey': 'Label of nodes whose value says which nodes are one domain.',
  // Toleration
  'Toleration.key': 'Key of the taint; empty, with operator Exists, means every taint.',
  'Toleration.operator': 'How the taint is compared with the value. Empty means Equal.',
  'Toleration.value': 'Value of the taint.',
  'Toleration.effect': 'Effect of the taint; empty means every effect.',
  tolerationSeconds: 'How long pods that run may stay, in seconds; without, for ever.',
  // TopologySpreadConstraint
  maxSkew: 'How many pods more than in the emptiest domain one may have.',
  minDomains: 'With fewer domains than this, the emptiest counts as having none.',
  nodeAffinityPolicy:
    'Whether nodes count that affinity and node selector keep the pod from. Default: Honor.',
  nodeTaintsPolicy: 'Whether nodes count whose taints the pod does not tolerate. Default: Ignore.',
  topologyKey: 'Label of nodes whose value says which nodes are one domain.',
  whenUnsatisfiable: 'What becomes of pods for which it cannot hold.',
  // ResourceRequirements
  limits: 'What the container may use at most, by resource.',
  requests: 'What the scheduler keeps free for the container, by resource.',
  claims: 'Devices that the pod claims.',
  'claims[].name': 'Name of the claim.',
  'claims[].request': 'One of several requests of the claim.',
  // EnvVar
  'EnvVar.name': 'Name of the variable.',
  'EnvVar.value': 'Its value; `$(OTHER)` is replaced by another variable.',
  valueFrom: 'Where the value comes from instead.',
  configMapKeyRef: 'A key of a ConfigMap in the namespace of the pod.',
  secretKeyRef: 'A key of a Secret in the namespace of the pod.',
  'KeyRef.key': 'The key.',
  'KeyRef.name': 'Name of the object.',
  'KeyRef.optional': 'The container starts without it, too.',
  fieldRef: 'A field of the pod.',
  'fieldRef.apiVersion': 'Version that the path is of. Default: v1.',
  fieldPath: 'Path of the field.',
  resourceFieldRef: 'A request or limit of a container.',
  containerName: 'Whose; without, of the container itself.',
  'items[].resourceFieldRef.containerName': 'Name of the container.',
  divisor: 'Unit that the amount is given in. Default: 1.',
  resource: 'Which, for example limits.memory.',
  // VolumeMount
  mountPath: 'Directory or file in the container. On Windows it may begin with a drive.',
  mountPropagation: 'Whether mounts below it pass between host and container. Default: None.',
  'VolumeMount.name': 'Name of the volume.',
  readOnly: 'Whether it is only read. Default: false.',
  recursiveReadOnly: 'Whether mounts below it are read-only as well. Default: Disabled.',
  subPath: 'Path within the volume; without, its root.',
  subPathExpr: 'As subPath, with variables as `$(NAME)`.',
  // Volume
  'Volume.name': 'Name that mounts refer to.',
  configMap: 'Files from a ConfigMap.',
  'configMap.name': 'Name of the ConfigMap.',
  secret: 'Files from a Secret.',
  'secret.secretName': 'Name of the Secret.',
  'secret.name': 'Name of the Secret.',
  defaultMode: fileModes,
  optional: optionalSource,
  items: content,
  'items[].key': 'The key.',
  'items[].mode': fileMode,
  'items[].path': filePath,
  csi: 'A volume of a CSI driver that lives as long as the pod.',
  driver: 'Name of the driver.',
  fsType: 'File system; without, the driver chooses.',
  nodePublishSecretRef: 'A Secret that is handed to the driver.',
  'nodePublishSecretRef.name': 'Name of the Secret.',
  volumeAttributes: 'What else the driver wants to know.',
  downwardAPI: 'Files from fields of the pod.',
  'downwardAPI.items': 'The files.',
  emptyDir: 'An empty directory that lives as long as the pod.',
  medium: 'Memory or huge pages instead of the disk of the node.',
  sizeLimit: 'How much it may hold.',
  hostPath: 'A file or directory of the node.',
  'hostPath.path': 'Its path.',
  'hostPath.type': 'What is checked, or made, before the pod starts; empty means nothing.',
  nfs: 'A directory of an NFS server.',
  'nfs.path': 'Path that the server exports.',
  server: 'Name or address of the server.',
  persistentVolumeClaim: 'A PersistentVolumeClaim in the namespace of the pod.',
  claimName: 'Name of the claim.',
  projected: 'Several sources in one directory.',
  sources: 'The sources.',
  serviceAccountToken: "A token of the pod's ServiceAccount.",
  audience: 'Who the token is for. Default: the API server.',
  expirationSeconds: 'For how long it is valid, in seconds. Default: 3600.',
  'serviceAccountToken.path': filePath,
  // PodDNSConfig
  nameservers: 'Addresses of name servers, besides those of the policy.',
  searches: 'Domains that short names are looked up in.',
  options: 'Options of resolv.conf.',
  'options[].name': 'Name of the option.',
  'options[].value': 'Its value, if it has one.',
};

const endings = Object.keys(words).sort((a, b) => b.length - a.length);

/** What a field of a shared type means. @param path from the type's name, as `Volume.secret.items[].key` */
export function podFieldWords(path: string): string | undefined {
  const ending = endings.find((each) => path === each || path.endsWith(`.${each}`) || endsInName(path, each));
  return ending === undefined ? undefined : words[ending];
}

/** `KeyRef.key` fits `configMapKeyRef.key`: the first word may be the end of one. */
const endsInName = (path: string, ending: string): boolean => ending.includes('.') && path.endsWith(ending);
