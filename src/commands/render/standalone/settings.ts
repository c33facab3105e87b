/**
 * What custom resources say, as variables of calico-node: kubectl cannot create custom resources along with their
 * definitions in one go, but calico-node makes the pools by itself, and Felix takes every setting from its environment.
 */
import type { FelixConfigurationSpec, IPPoolObjectSpec } from '../../../api/calico.ts';
import type { EnvVar, KubeObject } from '../../../api/kubernetes.ts';
import { env } from '../../../render/shared/pod.ts';

/** The custom resources among rendered objects that are told to calico-node instead. */
export interface CustomResources {
  readonly felix: FelixConfigurationSpec;
  readonly pools: readonly IPPoolObjectSpec[];
  /** The range of the IPv4 pool is nobody's wish: calico-node looks for the one of kubeadm first. */
  readonly rangeIsOpen: boolean;
}

const groups: readonly string[] = ['crd.projectcalico.org/v1', 'projectcalico.org/v3'];

/** Whether an object is one of Calico's own kinds. */
export const isCustomResource = ({ apiVersion }: KubeObject): boolean => groups.includes(apiVersion);

/** Takes the settings out of rendered objects. */
export function customResources(objects: readonly KubeObject[], rangeIsOpen: boolean): CustomResources {
  const specs = (kind: string): readonly unknown[] =>
    objects
      .filter((object) => isCustomResource(object) && object.kind === kind)
      .map((object) => (object as KubeObject & { readonly spec?: unknown }).spec);
  return {
    felix: specs('FelixConfiguration')[0] ?? {},
    pools: specs('IPPool') as readonly IPPoolObjectSpec[],
    rangeIsOpen,
  };
}

/** The variables of calico-node with those that stand for custom resources in their places. */
export function settingsEnv(rendered: readonly EnvVar[], settings: CustomResources): readonly EnvVar[] {
  const given = new Set(rendered.map(({ name }) => name));
  const felix = felixEnv(settings.felix).filter(({ name }) => !given.has(name));
  return [...rendered.flatMap((variable) => replaced(variable, settings)), ...felix];
}

function replaced(variable: EnvVar, settings: CustomResources): readonly EnvVar[] {
  switch (variable.name) {
    case 'NO_DEFAULT_POOLS':
      return settings.pools.length === 0 ? [variable] : poolEnv(settings);
    case 'CLUSTER_TYPE': {
      // There is no operator.
      const tokens = variable.value?.split(',').filter((token) => token !== 'operator') ?? [];
      return [{ ...variable, value: tokens.join(',') }];
    }
    default:
      return [variable];
  }
}

/** What calico-node makes pools from when it finds none. It makes one for each family, unless told `none`. */
function poolEnv({ pools, rangeIsOpen }: CustomResources): readonly EnvVar[] {
  return ([4, 6] as const).flatMap((family) => {
    const pool = pools.find(({ cidr }) => cidr.includes(':') === (family === 6));
    const prefix = `CALICO_IPV${family}POOL_`;
    if (pool === undefined) return rangeIsOpen ? [] : env({ [`${prefix}CIDR`]: 'none' });
    return env({
      ...(rangeIsOpen ? {} : { [`${prefix}CIDR`]: pool.cidr }),
      ...(family === 4 ? { [`${prefix}IPIP`]: pool.ipipMode ?? 'Never' } : {}),
      [`${prefix}VXLAN`]: pool.vxlanMode ?? 'Never',
      [`${prefix}NAT_OUTGOING`]: String(pool.natOutgoing ?? false),
      [`${prefix}BLOCK_SIZE`]: String(pool.blockSize ?? (family === 4 ? 26 : 122)),
      [`${prefix}NODE_SELECTOR`]: pool.nodeSelector ?? 'all()',
      [`${prefix}DISABLE_BGP_EXPORT`]: String(pool.disableBGPExport ?? false),
    });
  });
}

/** `vxlanPort: 4789` is `FELIX_VXLANPORT=4789`, and a range is `min-max`. */
function felixEnv(spec: FelixConfigurationSpec): readonly EnvVar[] {
  return Object.entries(spec).flatMap(([field, value]: readonly [string, unknown]) =>
    env({ [`FELIX_${field.toUpperCase()}`]: felixValue(value) }),
  );
}

function felixValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { min, max } = value as { readonly min?: number; readonly max?: number };
  return `${String(min)}-${String(max)}`;
}
