/** FelixConfiguration `default`. Defaults yield to users; what the Installation decides does not. */
import type { FelixConfiguration, FelixConfigurationSpec } from '../../api/calico.ts';
import { felixHealthPort, felixVxlanVni } from '../shared/felix-settings.ts';
import type { RenderInput } from '../types.ts';
import { mayDefault } from '../shared/ownership.ts';
import { bpfAnnotation, ownsBpfEnabled } from './bpf-enabled.ts';

/** Fields that are filled in where nobody set them. */
function defaults(input: RenderInput): FelixConfigurationSpec {
  const { kubernetesProvider, cni, calicoNetwork } = input.resolved.spec;
  const docker = kubernetesProvider === 'DockerEnterprise';
  const dockerBpf = docker && calicoNetwork.linuxDataplane === 'BPF';
  return {
    healthPort: felixHealthPort(input),
    vxlanVNI: felixVxlanVni(input),
    // Docker Enterprise uses the usual one for its own overlay.
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

type NftablesMode = NonNullable<FelixConfigurationSpec['nftablesMode']>;

/**
 * Changes together with `bpfEnabled`: while calico-node is rolled out for BPF, or kube-proxy comes back, the tables stay
 * those of the data plane that still works.
 */
function nftablesMode(input: RenderInput): NftablesMode {
  const { felix } = input.live;
  const { kubernetesProvider, calicoNetwork } = input.resolved.spec;
  const bpf: NftablesMode = kubernetesProvider === 'DockerEnterprise' ? 'Disabled' : 'Enabled';
  const wantsBpf = calicoNetwork.linuxDataplane === 'BPF';
  const isOn = ownsBpfEnabled(input.live.felix)
    ? bpfEnabled(input)
    : felix?.spec?.bpfEnabled === true && wantsBpf;
  if (isOn) return bpf;
  if (wantsBpf) return felix?.spec?.nftablesMode ?? 'Disabled';
  return calicoNetwork.linuxDataplane === 'Nftables' ? 'Auto' : 'Disabled';
}

/** Fields that follow from the Installation and are kept so. */
function decided(input: RenderInput): FelixConfigurationSpec {
  const { clusterRoutingMode } = input.resolved.spec.calicoNetwork;
  return {
    nftablesMode: nftablesMode(input),
    ...(clusterRoutingMode === undefined
      ? {}
      : { programClusterRoutes: clusterRoutingMode === 'Felix' ? 'Enabled' : 'Disabled' }),
  };
}

/** As the hand-over has it by now; without one, as asked for. */
function bpfEnabled({ phase, resolved }: RenderInput): boolean {
  return phase.dataPlane?.bpfEnabled ?? resolved.spec.calicoNetwork.linuxDataplane === 'BPF';
}

/** The fields of FelixConfiguration `default` that are the operator's to set. */
export function felixConfiguration(input: RenderInput): FelixConfiguration {
  const { resolved, live } = input;
  const ownsBpf = ownsBpfEnabled(input.live.felix);
  const filled = Object.entries(defaults(input)).filter(([field]) => mayDefault(live.felix, ['spec', field]));
  return {
    apiVersion: resolved.cluster.calicoApi,
    kind: 'FelixConfiguration',
    metadata: {
      name: 'default',
      ...(ownsBpf ? { annotations: { [bpfAnnotation]: String(bpfEnabled(input)) } } : {}),
    },
    spec: {
      ...(Object.fromEntries(filled) as FelixConfigurationSpec),
      ...decided(input),
      ...(ownsBpf ? { bpfEnabled: bpfEnabled(input) } : {}),
    },
  };
}
