/**
 * How the documentation's commands are tried. Out of the box a page's commands run one after the other, on a cluster where
 * Calico is installed, and have to succeed. What differs from that is listed here; entries that fit nothing fail.
 */
import type { State } from './states.ts';

/** Where a page starts anew, on another cluster. */
export interface Scene {
  readonly page: string;
  /** How the first command of the block begins. */
  readonly begins: string;
  readonly state: State;
  /** What a reader has done before, as the page or the ones before it say. */
  readonly before?: readonly string[];
}

export const scenes: readonly Scene[] = [
  { page: 'README.md', begins: 'kubectl apply -f deploy/manifests/install.yaml', state: 'empty' },
  { page: 'README.md', begins: 'helm install', state: 'empty' },
  { page: 'README.md', begins: 'kubectl apply -f deploy/manifests/calico.yaml', state: 'empty' },
  { page: 'README.md', begins: 'npm run build', state: 'empty' },
  { page: 'README.md', begins: 'kubectl get installation', state: 'installed' },
  { page: 'docs/certificates.md', begins: 'kubectl create secret', state: 'operator' },
  { page: 'docs/certificates.md', begins: 'kubectl create secret', state: 'installed' },
  { page: 'docs/commands.md', begins: 'calico-operator run', state: 'empty' },
  { page: 'docs/commands.md', begins: 'calico-operator render', state: 'installed' },
  { page: 'docs/helm.md', begins: 'helm install', state: 'empty' },
  { page: 'docs/helm.md', begins: 'kubectl create namespace', state: 'empty' },
  { page: 'docs/helm.md', begins: 'kubectl create namespace', state: 'empty' },
  { page: 'docs/helm.md', begins: 'helm upgrade', state: 'released' },
  { page: 'docs/install.md', begins: 'kubectl apply -f', state: 'empty' },
  { page: 'docs/install.md', begins: 'kubectl apply -k', state: 'monitored' },
  { page: 'docs/install.md', begins: 'kubectl get installation', state: 'installed' },
  {
    page: 'docs/monitoring.md',
    begins: 'kubectl patch kubecontrollersconfigurations',
    state: 'installed',
    // kube-controllers makes it when it starts, which fake nodes don't do.
    before: ['kubectl apply -f kube-controllers-configuration.yaml'],
  },
  { page: 'docs/standalone.md', begins: 'kubectl apply -f', state: 'empty' },
  {
    page: 'docs/troubleshooting.md',
    begins: 'kubectl label ippools.crd.projectcalico.org my-pool',
    state: 'installed',
    before: ['kubectl apply -f my-pool.yaml'],
  },
  { page: 'docs/uninstall.md', begins: 'helm uninstall', state: 'released' },
  { page: 'docs/uninstall.md', begins: 'kubectl delete -f', state: 'installed' },
  {
    page: 'docs/uninstall.md',
    begins: 'kubectl patch installation',
    state: 'installed',
    before: [
      'kubectl -n tigera-operator scale deployment tigera-operator --replicas=0',
      'kubectl -n tigera-operator wait pod --for=delete --selector=name=tigera-operator --timeout=2m',
      'kubectl delete installation default --wait=false',
    ],
  },
  { page: 'docs/upgrade.md', begins: 'helm upgrade', state: 'released' },
];

/** What is expected of a command that does not just succeed. */
export type Treatment = {
  /** Fits the whole command or its beginning. */
  readonly command: RegExp;
  readonly reason: string;
} & (
  | { readonly kind: 'left-out' }
  /** It goes on until it is stopped; the test waits until it is ready. */
  | { readonly kind: 'serves' }
  | { readonly kind: 'exits'; readonly code: number }
  /** It gets as far as this, where it needs what a cluster of fake nodes lacks. */
  | { readonly kind: 'fails'; readonly error: RegExp }
);

export const treatments: readonly Treatment[] = [
  {
    kind: 'left-out',
    command: /^npm (ci|test|run) ?/,
    reason: 'it makes or tests this checkout; that its script exists is looked at',
  },
  { kind: 'left-out', command: /^CALICO_BIN=\S+ (node|npm) /, reason: 'a tier of tests of its own' },
  {
    kind: 'left-out',
    command: /^docker /,
    reason: 'test/image builds the Dockerfile; a registry there is none',
  },
  {
    kind: 'left-out',
    command: /^kubectl (-n argocd patch configmap|apply -f deploy\/(argocd|flux)\/)/,
    reason: 'test/gitops has Argo CD run its files, and holds those of Flux against its definitions',
  },
  {
    kind: 'serves',
    command: /^(calico-operator|node dist\/calico-operator\.mjs) run /,
    reason: 'the operator',
  },
  {
    kind: 'exits',
    command: /^calico-operator diff -f my-installation\.yaml$/,
    code: 1,
    reason: 'there are differences',
  },
  {
    kind: 'exits',
    command: /^calico-operator diff -f my-installation\.yaml -o json \|/,
    code: 1,
    reason: 'there are differences',
  },
  {
    kind: 'fails',
    command: /^calico-operator aws-security-groups /,
    error: /AWS/,
    reason: 'it needs OpenShift on AWS: test/cluster/openshift-aws.test.ts',
  },
  {
    kind: 'fails',
    command: /^kubectl (-n \S+ )?logs /,
    error: /dial/,
    reason: 'fake nodes have no kubelet that would have logs',
  },
];

/** YAML that is part of something, by its first line: what it is part of. */
export const fragments: Readonly<Record<string, (text: string) => string>> = {
  'spec:': (text) =>
    `apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\n${text}`,
};

/** What stands for something of the reader's own, and something that is valid in its place. */
export const placeholders: Readonly<Record<string, string>> = {
  'LS0tLS1CRUdJTi…': btoa('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
};

/** Blocks in other languages, with the reason why nothing runs them. */
export const otherLanguages: Readonly<Record<string, string>> = {
  text: 'what a program says, or a picture',
  json: 'for others than a cluster; that it can be read is looked at',
  ts: 'shown shortened; the files that it names have the whole',
};
