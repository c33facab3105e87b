import type { Container } from '../../api/kubernetes.ts';
import { certificateProvisioners } from '../shared/certificate-request.ts';
import { apiEndpointEnv } from '../shared/endpoint.ts';
import { felixHealthHost, felixHealthPort } from '../shared/felix-settings.ts';
import { commonNames, names } from '../shared/names.ts';
import { env, mount, privilegedSecurityContext } from '../shared/pod.ts';
import { componentResources } from '../shared/workload.ts';
import type { RenderInput } from '../types.ts';
import { detectionMethod } from './addresses.ts';
import { appArmorField } from './app-armor.ts';
import { ebpfBootstrap } from './bootstrap.ts';
import { nodeEnv } from './env.ts';
import type { UserFiles } from './user-files.ts';
import { flexVolumeDirectory, nodeMounts } from './volumes.ts';

const common = {
  imagePullPolicy: 'IfNotPresent',
  securityContext: privilegedSecurityContext,
} as const satisfies Partial<Container>;

function flexVolumeDriver(input: RenderInput): Container {
  return {
    ...common,
    name: 'flexvol-driver',
    image: input.resolved.images.flexVolume,
    volumeMounts: [mount('flexvol-driver-host', '/host/driver')],
  };
}

function installCni(input: RenderInput): Container {
  return {
    ...common,
    name: 'install-cni',
    image: input.resolved.images.cni,
    command: ['/opt/cni/bin/install'],
    env: [
      ...env({
        CNI_CONF_NAME: '10-calico.conflist',
        SLEEP: 'false',
        CNI_NET_DIR: input.resolved.spec.cni.confDir,
      }),
      {
        name: 'CNI_NETWORK_CONFIG',
        valueFrom: { configMapKeyRef: { name: names.cniConfig, key: 'config' } },
      },
      ...apiEndpointEnv(input),
    ],
    volumeMounts: [mount('cni-bin-dir', '/host/opt/cni/bin'), mount('cni-net-dir', '/host/etc/cni/net.d')],
  };
}

/** Init containers in the order in which they run. */
export function nodeInitContainers(input: RenderInput): readonly Container[] {
  const { spec } = input.resolved;
  const identity = { secretName: names.nodeCertificate, commonName: commonNames.client };
  return [
    ...certificateProvisioners(input, identity, privilegedSecurityContext),
    ...(flexVolumeDirectory(spec) === undefined ? [] : [flexVolumeDriver(input)]),
    ebpfBootstrap(input),
    ...(spec.cni.type === 'Calico' ? [installCni(input)] : []),
  ];
}

/** There is one BIRD for each family; that of IPv6 peers where nodes have an IPv6 address. */
function birdChecks({ resolved }: RenderInput): readonly string[] {
  const usesIpv6 = detectionMethod(resolved.spec.calicoNetwork.nodeAddressAutodetectionV6) !== undefined;
  return ['-bird-ready', ...(usesIpv6 ? ['-bird6-ready'] : [])];
}

/** The container `calico-node`: Felix, and with BGP also confd and BIRD. */
export function nodeContainer(input: RenderInput, files: UserFiles): Container {
  const { bgp, linuxDataplane } = input.resolved.spec.calicoNetwork;
  const usesBird = bgp === 'Enabled' && linuxDataplane !== 'VPP';
  const binary = '/bin/calico-node';
  return {
    ...common,
    ...componentResources(input, 'Node'),
    name: names.node,
    image: input.resolved.images.node,
    env: nodeEnv(input),
    securityContext: { ...privilegedSecurityContext, ...appArmorField(input) },
    lifecycle: { preStop: { exec: { command: [binary, '-shutdown'] } } },
    livenessProbe: {
      httpGet: { host: felixHealthHost(input), path: '/liveness', port: felixHealthPort(input) },
      timeoutSeconds: 10,
    },
    readinessProbe: {
      exec: { command: [binary, ...(usesBird ? birdChecks(input) : []), '-felix-ready'] },
      timeoutSeconds: 10,
      // Within 30 seconds of a start BIRD counts as ready with all peers only, so the check has to come by then.
      periodSeconds: 10,
    },
    volumeMounts: [...nodeMounts(input), ...files.mounts],
  };
}
