/**
 * Kinds that the operator does not look into. Calico checks them in its own programs; here they are known by name, scope
 * and the few defaults that those programs rely on.
 */
import Type, { type TSchema } from 'typebox';
import { ageColumn, type Column, type KindDefinition } from '../crd.ts';
import { openObject } from '../kit.ts';

/** Fields of which Calico's programs rely on a default. */
const defaultedFields: Readonly<Record<string, string>> = {
  defaultAction: 'What becomes of traffic that no policy of the tier decides about.',
  sequenceNumber: 'Number of the latest change of the block.',
  stagedAction: 'What enacting the policy would do: Set puts it in force, Delete removes it.',
  tier: 'Tier that the policy belongs to.',
};

/** An open object with defaults for the given fields. */
const openWith = (description: string, defaults: Readonly<Record<string, string | number>>): TSchema =>
  Type.Unsafe({
    ...openObject(description),
    properties: Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [
        name,
        {
          ...(typeof value === 'string' ? { type: 'string' } : { type: 'integer', format: 'int64' }),
          description: defaultedFields[name],
          default: value,
        },
      ]),
    ),
  });

const open = (
  kind: string,
  plural: string,
  description: string,
  more: Partial<KindDefinition> & { readonly defaults?: Readonly<Record<string, string | number>> } = {},
): KindDefinition => {
  const { defaults, ...rest } = more;
  return {
    group: 'crd.projectcalico.org',
    version: 'v1',
    scope: 'Cluster',
    kind,
    plural,
    description,
    fields: { spec: openWith('Read by Calico.', defaults ?? {}) },
    columns: [ageColumn],
    ...rest,
  };
};

const tierColumns: readonly Column[] = [
  { name: 'Tier', type: 'string', jsonPath: '.spec.tier' },
  { name: 'Order', type: 'string', jsonPath: '.spec.order' },
  ageColumn,
];
const inTier = { defaults: { tier: 'default' }, columns: tierColumns };
const staged = { defaults: { tier: 'default', stagedAction: 'Set' }, columns: tierColumns };

const fixedAction = (tier: string, action: string) => ({
  rule: `self.metadata.name != '${tier}' || !has(self.spec) || self.spec.defaultAction == '${action}'`,
  message: `tier ${tier} has a meaning of its own: its defaultAction must be ${action}`,
});

/** Kinds of `crd.projectcalico.org`, and the one of the network policy API that Calico v3.32 watches. */
export const openKinds: readonly KindDefinition[] = [
  open('BGPFilter', 'bgpfilters', 'Which routes are told to peers and taken from them.'),
  open('BGPPeer', 'bgppeers', 'A peer of BGP.'),
  open('BlockAffinity', 'blockaffinities', 'Which node a block of addresses belongs to.'),
  open('CalicoNodeStatus', 'caliconodestatuses', 'Routing state of one node, on request.', {
    fields: { spec: openObject('Read by Calico.'), status: openObject('Written by Calico.') },
  }),
  open('GlobalNetworkPolicy', 'globalnetworkpolicies', 'A network policy for the whole cluster.', inTier),
  open('GlobalNetworkSet', 'globalnetworksets', 'A set of addresses for policies of the whole cluster.'),
  open('HostEndpoint', 'hostendpoints', 'An interface of a node that policies apply to.'),
  open('IPAMBlock', 'ipamblocks', 'A block of addresses and who has them.', {
    defaults: { sequenceNumber: 0 },
  }),
  open('IPAMConfig', 'ipamconfigs', 'Settings of address management.'),
  open('IPAMHandle', 'ipamhandles', 'Blocks that one pod has addresses of.'),
  open('IPReservation', 'ipreservations', 'Addresses that are never given out.'),
  open('NetworkPolicy', 'networkpolicies', 'A network policy of one namespace.', {
    ...inTier,
    scope: 'Namespaced',
  }),
  open('NetworkSet', 'networksets', 'A set of addresses for policies of one namespace.', {
    scope: 'Namespaced',
  }),
  open(
    'StagedGlobalNetworkPolicy',
    'stagedglobalnetworkpolicies',
    'A policy for the whole cluster that is tried out without effect.',
    staged,
  ),
  open(
    'StagedKubernetesNetworkPolicy',
    'stagedkubernetesnetworkpolicies',
    'A Kubernetes network policy that is tried out without effect.',
    { scope: 'Namespaced', defaults: { stagedAction: 'Set' } },
  ),
  open(
    'StagedNetworkPolicy',
    'stagednetworkpolicies',
    'A policy of one namespace that is tried out without effect.',
    { ...staged, scope: 'Namespaced' },
  ),
  open('Tier', 'tiers', 'A layer of policies.', {
    defaults: { defaultAction: 'Deny' },
    rules: [
      fixedAction('kube-admin', 'Pass'),
      fixedAction('kube-baseline', 'Pass'),
      fixedAction('default', 'Deny'),
    ],
    columns: [
      { name: 'Order', type: 'string', jsonPath: '.spec.order' },
      { name: 'Default', type: 'string', jsonPath: '.spec.defaultAction' },
      ageColumn,
    ],
  }),
  open('ClusterNetworkPolicy', 'clusternetworkpolicies', 'A policy of the Kubernetes network policy API.', {
    group: 'policy.networking.k8s.io',
    version: 'v1alpha2',
    shortNames: ['cnp'],
    fields: { spec: openObject('Read by Calico.'), status: openObject('Written by Calico.') },
    statusSubresource: true,
    columns: [
      { name: 'Tier', type: 'string', jsonPath: '.spec.tier' },
      { name: 'Priority', type: 'string', jsonPath: '.spec.priority' },
      ageColumn,
    ],
    // Groups below k8s.io are refused without it.
    annotations: {
      'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/network-policy-api/pull/347',
      'policy.networking.k8s.io/bundle-version': 'v0.2.0',
      'policy.networking.k8s.io/channel': 'standard',
    },
  }),
];
