/** Files that users give calico-node through ConfigMaps of the operator's namespace. */
import type { ConfigMap, Volume, VolumeMount } from '../../api/kubernetes.ts';
import { stableHash } from '../shared/hash.ts';
import { configMap } from '../shared/objects.ts';
import { configMapVolume, readOnlyMount } from '../shared/pod.ts';
import type { RenderInput } from '../types.ts';

const templates = 'bird-templates';
const layout = 'bgp-layout';
const layoutKey = 'earlyNetworkConfiguration';

/** Templates for BIRD by file name; absent without at least one: pods could not mount an empty ConfigMap's keys. */
function birdTemplates(input: RenderInput): Readonly<Record<string, string>> | undefined {
  const data = input.configMaps[templates]?.data ?? {};
  return Object.keys(data).length === 0 ? undefined : data;
}

/** The layout for nodes that need BGP before Kubernetes is up. */
export function earlyNetworking(input: RenderInput): Readonly<Record<string, string>> | undefined {
  const data = input.configMaps[layout]?.data;
  return data?.[layoutKey] === undefined ? undefined : data;
}

/** What the files add to the rendered objects. */
export interface UserFiles {
  /** Copies in `calico-system`, where pods can mount them. */
  readonly configMaps: readonly ConfigMap[];
  readonly volumes: readonly Volume[];
  readonly mounts: readonly VolumeMount[];
  /** Mounts of single files are not refreshed: pods roll when the content changes. */
  readonly annotations: Readonly<Record<string, string>>;
}

function templateFiles(input: RenderInput, data: Readonly<Record<string, string>>): UserFiles {
  return {
    configMaps: [configMap(input, templates, data)],
    volumes: [configMapVolume(templates)],
    mounts: Object.keys(data)
      .sort()
      .map((key) => readOnlyMount(templates, `/etc/calico/confd/templates/${key}`, key)),
    annotations: { 'hash.operator.tigera.io/bird-templates': stableHash(data) },
  };
}

function layoutFiles(input: RenderInput, data: Readonly<Record<string, string>>): UserFiles {
  return {
    configMaps: [configMap(input, layout, data)],
    volumes: [configMapVolume(layout)],
    mounts: [readOnlyMount(layout, '/etc/calico/early-networking.yaml', layoutKey)],
    annotations: { 'hash.operator.tigera.io/bgp-layout': stableHash(data) },
  };
}

/** Everything for BIRD templates and the BGP layout; empty without them. */
export function userFiles(input: RenderInput): UserFiles {
  const birdData = birdTemplates(input);
  const layoutData = earlyNetworking(input);
  const parts = [
    ...(birdData === undefined ? [] : [templateFiles(input, birdData)]),
    ...(layoutData === undefined ? [] : [layoutFiles(input, layoutData)]),
  ];
  return {
    configMaps: parts.flatMap((part) => part.configMaps),
    volumes: parts.flatMap((part) => part.volumes),
    mounts: parts.flatMap((part) => part.mounts),
    annotations: Object.assign({}, ...parts.map((part) => part.annotations)) as Record<string, string>,
  };
}
