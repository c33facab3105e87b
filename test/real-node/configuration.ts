import { join } from 'node:path';

import { pauseImage } from './images/calico.ts';

/** Addresses of the network between the nodes, which no other namespace sees. */
export const network = {
  switchAddress: '172.30.254.1',
  prefixLength: 24,
  nodeAddress: (index: number): string => `172.30.254.${10 + index}`,
  mostNodes: 200,
  /** Of the Service `kubernetes`; the API server's certificate has it. */
  serviceAddress: '10.96.0.1',
  servicePort: 443,
} as const;

/** Where things of one node lie. */
export interface NodePaths {
  readonly directory: string;
  readonly socket: string;
  readonly containerdConfig: string;
  readonly kubeletConfig: string;
}

export function nodePaths(directory: string): NodePaths {
  return {
    directory,
    socket: join(directory, 'containerd.sock'),
    containerdConfig: join(directory, 'containerd.toml'),
    kubeletConfig: join(directory, 'kubelet.json'),
  };
}

/** Configuration of containerd: everything of it lies in the directory; CNI lies where Calico installs it. */
export function containerdConfig({ directory, socket }: NodePaths, runc: string): string {
  return `version = 3
root = "${join(directory, 'containerd')}"
state = "/run/containerd"
[grpc]
  address = "${socket}"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "${pauseImage}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/opt/cni/bin"]
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "${runc}"
`;
}

/** Configuration of the kubelet. Its API is open to whoever reaches the node: the API server and the other nodes. */
export function kubeletConfig({ socket }: NodePaths, cgroup: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    containerRuntimeEndpoint: `unix://${socket}`,
    evictionHard: { 'memory.available': '50Mi' },
    failCgroupV1: false,
    failSwapOn: false,
    imageGCHighThresholdPercent: 100,
    nodeStatusUpdateFrequency: '2s',
    resolvConf: '',
    shutdownGracePeriod: '0s',
  };
}
