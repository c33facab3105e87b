/** FelixConfiguration `default`. Defaults yield to users; what the Installation decides does not. */
import type { FelixConfiguration, FelixConfigurationSpec } from '../../api/calico.ts';
import { felixHealthPort } from '../shared/felix-settings.ts';
import type { RenderInput } from '../types.ts';
import { mayDefault } from '../shared/ownership.ts';

/** Marks `bpfEnabled` as the operator's, as the reference does it. */
const bpfAnnotation = 'operator.tigera.io/bpfEnabled';

/** Fields that are filled in where nobody set them. */
function defaults(input: RenderInput): FelixConfigurationSpec {
  const { kubernetesProvider, cni, calicoNetwork } = input.resolved.spec;
  const docker = kubernetesProvider === 'DockerEnterprise';
  const dockerBpf = docker && calicoNetwork.linuxDataplane === 'BPF';
  return {
    healthPort: felixHealthPort(input),
    // Docker Enterprise uses the usual ones for its own overlay.
    vxlanVNI: docker ? 10000 : 4096,
    vxlanPort: dockerBpf ? 8472 : 4789,
    ...(dockerBpf ? { bpfHostConntrackBypass: false } : {}),
    ...routeTables(input, cni.type),
  };
}

/** Tables that the cloud's own plugin leaves free. The API refuses both spellings of the field at once. */
function routeTables(input: RenderInput, cniType: string): FelixConfigurationSpec {
  if (input.live.felix?.spec?.routeTableRanges !== undefined) return {};
  if (cniType === 'AmazonVPC') return { routeTableRange: { min: 65, max: 99 } };
  return cniType === 'GKE' ? { routeTableRange: { min: 10, max: 250 } } : {};
}

/** Fields that follow from the Installation and are kept so. */
function decided(input: RenderInput): FelixConfigurationSpec {
  const { kubernetesProvider, calicoNetwork } = input.resolved.spec;
  const { linuxDataplane, clusterRoutingMode } = calicoNetwork;
  const nftablesMode = {
    Iptables: 'Disabled',
    VPP: 'Disabled',
    Nftables: 'Auto',
    BPF: kubernetesProvider === 'DockerEnterprise' ? 'Disabled' : 'Enabled',
  } as const;
  return {
    nftablesMode: nftablesMode[linuxDataplane],
    ...(clusterRoutingMode === undefined
      ? {}
      : { programClusterRoutes: clusterRoutingMode === 'Felix' ? 'Enabled' : 'Disabled' }),
  };
}

/**
 * `bpfEnabled` is the operator's while its annotation says the same as the field, whoever wrote them: so an earlier
 * operator's value is taken over. Anything else is a user's value, and stays.
 */
function ownsBpfEnabled({ live: { felix } }: RenderInput): boolean {
  const value = felix?.spec?.bpfEnabled;
  const mark = felix?.metadata.annotations?.[bpfAnnotation];
  return value === undefined || mark === String(value) || mayDefault(felix, ['spec', 'bpfEnabled']);
}

/** The fields of FelixConfiguration `default` that are the operator's to set. */
export function felixConfiguration(input: RenderInput): FelixConfiguration {
  const { resolved, live } = input;
  const bpfEnabled = resolved.spec.calicoNetwork.linuxDataplane === 'BPF';
  const ownsBpf = ownsBpfEnabled(input);
  const filled = Object.entries(defaults(input)).filter(([field]) => mayDefault(live.felix, ['spec', field]));
  return {
    apiVersion: resolved.cluster.calicoApi,
    kind: 'FelixConfiguration',
    metadata: {
      name: 'default',
      ...(ownsBpf ? { annotations: { [bpfAnnotation]: String(bpfEnabled) } } : {}),
    },
    spec: {
      ...(Object.fromEntries(filled) as FelixConfigurationSpec),
      ...decided(input),
      ...(ownsBpf ? { bpfEnabled } : {}),
    },
  };
}
