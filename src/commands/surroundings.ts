/** What a pod's files say about where it runs. */
import { readFile } from 'node:fs/promises';

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const resolverFile = '/etc/resolv.conf';

/** The pod's namespace; undefined outside of a pod. */
export async function readNamespace(): Promise<string | undefined> {
  const text = (await readIfThere(namespaceFile))?.trim();
  return text === '' ? undefined : text;
}

/** Namespaces that the operator makes for Calico, this release or others. */
const calicoNamespaces = ['calico-system', 'calico-apiserver'];

/**
 * Why the operator cannot live in a namespace; undefined if it can. Secrets there are sources, those beside Calico's pods
 * copies: in one namespace they would be the same, and would go with Calico.
 */
export function namespaceProblem(namespace: string): string | undefined {
  return calicoNamespaces.includes(namespace)
    ? `the operator cannot run in namespace ${namespace}, which it makes for Calico: install it into another, as tigera-operator, or correct --namespace or OPERATOR_NAMESPACE`
    : undefined;
}

/** The cluster's DNS domain, as the resolver's search list has it. */
export async function readClusterDomain(): Promise<string> {
  return clusterDomainOf((await readIfThere(resolverFile)) ?? '');
}

/** The last search list with a domain below `svc`; `cluster.local` if there is none. */
export function clusterDomainOf(resolverConfiguration: string): string {
  const domains = resolverConfiguration.split('\n').flatMap((line) => {
    const [keyword, ...names] = line.trim().split(/\s+/);
    const below = keyword === 'search' ? names.find((name) => name.startsWith('svc.')) : undefined;
    return below === undefined ? [] : [below.slice('svc.'.length).replace(/\.$/, '')];
  });
  return domains.at(-1) ?? 'cluster.local';
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
