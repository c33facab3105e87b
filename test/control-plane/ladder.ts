/** Where a control plane comes from, best first. */
export type Rung =
  | { readonly kind: 'kubeconfig'; readonly path: string }
  | { readonly kind: 'kubebuilder-assets'; readonly directory: string }
  | { readonly kind: 'container'; readonly image: string }
  | { readonly kind: 'modules' };

/** Environment variables that the choice depends on. */
export type LadderEnvironment = Readonly<Record<string, string | undefined>>;

/** Environment variable that names a k3s image and so allows containers. */
export const k3sImageVariable = 'CALICO_OPERATOR_TEST_K3S_IMAGE';

/**
 * Chooses the control plane: a cluster that the user names, programs that the user names, a container if its image is
 * named, and otherwise what is built from the Go modules. An empty variable counts as not set.
 */
export function chooseRung(environment: LadderEnvironment): Rung {
  const path = environment['KUBECONFIG'];
  if (path) return { kind: 'kubeconfig', path };
  const directory = environment['KUBEBUILDER_ASSETS'];
  if (directory) return { kind: 'kubebuilder-assets', directory };
  const image = environment[k3sImageVariable];
  if (image) return { kind: 'container', image };
  return { kind: 'modules' };
}

/** One line for a person: what was chosen and what it cannot do; `missing` are programs that are not there. */
export function describeRung(rung: Rung, missing: readonly string[] = []): string {
  switch (rung.kind) {
    case 'kubeconfig':
      return `using the cluster of KUBECONFIG=${rung.path}: no fake nodes, no snapshots, no audit log, no restarts`;
    case 'kubebuilder-assets': {
      const without = missing.length === 0 ? '' : `; WITHOUT ${missing.join(', ')}, which are not there`;
      return `using the programs of KUBEBUILDER_ASSETS=${rung.directory}${without}`;
    }
    case 'container':
      return `using a container of ${rung.image}: no fake nodes, no snapshots, no audit log, no restarts`;
    case 'modules':
      return 'using the control plane built from Go modules';
  }
}
