import type { Container } from '../../api/kubernetes.ts';
import { apiEndpointEnv } from '../shared/endpoint.ts';
import { felixVxlanVni } from '../shared/felix-settings.ts';
import { names } from '../shared/names.ts';
import { env, envFromField, mount } from '../shared/pod.ts';
import { componentResources } from '../shared/workload.ts';
import { windowsEnv } from './env.ts';
import { programs, sandbox } from './paths.ts';
import type { WindowsInput } from './types.ts';
import { hostCniBin, hostCniConfig, windowsMounts } from './volumes.ts';

/** Everything runs as a process of the host: that is what a privileged container is on Windows. */
const common = {
  imagePullPolicy: 'IfNotPresent',
  securityContext: { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\system' } },
} as const satisfies Partial<Container>;

/**
 * Takes away what an installation by hand has left: services, and a configuration that the runtime would prefer. The
 * plugin's binaries stay, so that pods can come and go until install-cni has replaced them.
 */
function uninstallCalico({ input }: WindowsInput): Container {
  const { cni } = input.resolved.spec;
  const isOurPlugin = cni.type === 'Calico';
  return {
    ...common,
    name: 'uninstall-calico',
    image: input.resolved.images.nodeWindows,
    args: [`${sandbox}/uninstall-calico.ps1`],
    env: env({ CNI_PLUGIN_TYPE: cni.type, ...(isOurPlugin ? { CNI_NET_DIR: hostCniConfig } : {}) }),
    ...(isOurPlugin ? { volumeMounts: [mount('cni-net-dir', hostCniConfig)] } : {}),
  };
}

function installCni({ input, windows, nodes }: WindowsInput): Container {
  return {
    ...common,
    name: 'install-cni',
    image: input.resolved.images.cniWindows,
    command: [`${sandbox}/opt/cni/bin/install.exe`],
    env: [
      ...env({
        CNI_BIN_DIR: hostCniBin,
        CNI_CONF_NAME: '10-calico.conflist',
        SLEEP: 'false',
        CNI_NET_DIR: nodes.cniConfigDir,
        CNI_PLUGIN_TYPE: input.resolved.spec.cni.type,
        KUBERNETES_DNS_SERVERS: windows.dnsServers.join(','),
        KUBERNETES_SERVICE_CIDRS: windows.serviceCidrs.join(','),
        VXLAN_VNI: String(felixVxlanVni(input)),
      }),
      {
        name: 'CNI_NETWORK_CONFIG',
        valueFrom: { configMapKeyRef: { name: names.cniConfigWindows, key: 'config' } },
      },
      envFromField('KUBERNETES_NODE_NAME', 'spec.nodeName'),
      ...apiEndpointEnv(input),
    ],
    volumeMounts: [mount('cni-bin-dir', hostCniBin), mount('cni-net-dir', hostCniConfig)],
  };
}

/** Init containers in the order in which they run. */
export function windowsInitContainers(windowsInput: WindowsInput): readonly Container[] {
  const isOurPlugin = windowsInput.input.resolved.spec.cni.type === 'Calico';
  return [uninstallCalico(windowsInput), ...(isOurPlugin ? [installCni(windowsInput)] : [])];
}

interface Service {
  readonly name: string;
  /** Below the programs' folder, which has to be the working directory: the scripts load others from there. */
  readonly script: string;
  readonly component: Parameters<typeof componentResources>[1];
}

function service(windowsInput: WindowsInput, { name, script, component }: Service): Container {
  const { input } = windowsInput;
  return {
    ...common,
    ...componentResources(input, component),
    name,
    image: input.resolved.images.nodeWindows,
    args: [`${programs}/${script}`],
    workingDir: programs,
    env: windowsEnv(input),
    volumeMounts: windowsMounts(windowsInput),
  };
}

function felix(windowsInput: WindowsInput): Container {
  const run = (flag: string) => ({ exec: { command: [`${programs}/calico-node.exe`, flag] } });
  return {
    ...service(windowsInput, { name: 'felix', script: 'felix-service.ps1', component: 'FelixWindows' }),
    lifecycle: { preStop: run('-shutdown') },
    livenessProbe: {
      ...run('-felix-live'),
      failureThreshold: 6,
      initialDelaySeconds: 10,
      periodSeconds: 10,
      timeoutSeconds: 10,
    },
    readinessProbe: { ...run('-felix-ready'), periodSeconds: 10, timeoutSeconds: 10 },
  };
}

/** Felix for policy, node for the host's network, and with BGP confd, which configures the system's router. */
export function windowsContainers(windowsInput: WindowsInput): readonly Container[] {
  const usesBgp = windowsInput.input.resolved.spec.calicoNetwork.bgp === 'Enabled';
  return [
    felix(windowsInput),
    service(windowsInput, { name: 'node', script: 'node-service.ps1', component: 'NodeWindows' }),
    ...(usesBgp
      ? [
          service(windowsInput, {
            name: 'confd',
            script: 'confd/confd-service.ps1',
            component: 'ConfdWindows',
          }),
        ]
      : []),
  ];
}
