import { fileURLToPath } from 'node:url';

/** Kubernetes release that the control plane is built from; it is stamped into the programs. */
export const kubernetesVersion = 'v1.36.3';

/** Every program that can be built from the committed Go modules. */
export type ComponentName =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'etcd'
  | 'kwok'
  | 'helm'
  | 'helm4'
  | 'kubectl'
  | 'kubelet'
  | 'containerd'
  | 'containerd-shim-runc-v2'
  | 'ctr'
  | 'runc'
  | 'argocd'
  | 'redis'
  | 'kstatus';

/** How one program is built. */
export interface Component {
  readonly name: ComponentName;
  /** Folder below `modules/` whose go.mod and go.sum pin it. */
  readonly module: string;
  /** Import path of its main package; that of a program of ours begins with `./`, and its source is in the module's folder. */
  readonly package: string;
  readonly ldflags: string;
  readonly tags?: string;
  /** Set where the program does not build without a C compiler; otherwise Go decides by whether there is one. */
  readonly cgo?: true;
}

const strip = '-s -w';
// Without a version stamp the server calls itself v0.0.0 and clients refuse it.
const [major, minor] = kubernetesVersion.slice(1).split('.');
const version = 'k8s.io/component-base/version';
const stamped = [
  strip,
  `-X ${version}.gitVersion=${kubernetesVersion}`,
  `-X ${version}.gitMajor=${major ?? ''}`,
  `-X ${version}.gitMinor=${minor ?? ''}`,
].join(' ');

const kubernetes = (name: ComponentName): Component => ({
  name,
  module: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${name}`,
  ldflags: stamped,
});

const containerd = (name: ComponentName): Component => ({
  name,
  module: 'containerd',
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
  ldflags: strip,
});

/** All programs, in the order in which they are built: what a control plane needs first comes first. */
export const components: readonly Component[] = [
  kubernetes('kube-apiserver'),
  { name: 'etcd', module: 'kubernetes', package: 'go.etcd.io/etcd/server/v3', ldflags: strip },
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  { name: 'kwok', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', ldflags: strip },
  { name: 'helm', module: 'helm', package: 'helm.sh/helm/v3/cmd/helm', ldflags: strip },
  { name: 'helm4', module: 'helm', package: 'helm.sh/helm/v4/cmd/helm', ldflags: strip },
  { ...kubernetes('kubectl'), module: 'kubectl' },
  kubernetes('kubelet'),
  containerd('containerd'),
  containerd('containerd-shim-runc-v2'),
  containerd('ctr'),
  {
    name: 'runc',
    module: 'runc',
    package: 'github.com/opencontainers/runc',
    ldflags: strip,
    tags: 'seccomp',
    cgo: true,
  },
  { name: 'argocd', module: 'argocd', package: 'github.com/argoproj/argo-cd/v3/cmd', ldflags: strip },
  { name: 'redis', module: 'gitops', package: './redis', ldflags: strip },
  { name: 'kstatus', module: 'gitops', package: './kstatus', ldflags: strip },
];

/** The programs of a control plane with fake nodes. */
export const controlPlaneComponents = [
  'kube-apiserver',
  'etcd',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
] as const satisfies readonly ComponentName[];

/** What users install with; built on demand only. */
export const clientComponents = ['helm', 'helm4', 'kubectl'] as const satisfies readonly ComponentName[];

/** The programs of a real node; built on demand only. */
export const realNodeComponents = [
  'kubelet',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'runc',
] as const satisfies readonly ComponentName[];

/** Argo CD, and what judges as Flux does; built on demand only. */
export const gitOpsComponents = ['argocd', 'redis', 'kstatus'] as const satisfies readonly ComponentName[];

/** Folder with one Go module a sub-folder. */
export const modulesDirectory = fileURLToPath(new URL('../modules/', import.meta.url));

/**
 * Finds a component by name.
 * @throws Error naming the known ones if there is none of that name.
 */
export function findComponent(name: string): Component {
  const component = components.find((candidate) => candidate.name === name);
  if (component) return component;
  const known = components.map((candidate) => candidate.name).join(', ');
  throw new Error(`no component is called "${name}"; the components are: ${known}`);
}
