/** `spec` of the BGPConfiguration. */
import Type from 'typebox';
import { atomicList, flag, integer, object, oneOf, optional, setList, text, toggle } from '../kit.ts';
import { optionalText } from './words.ts';

const atomic = { 'x-kubernetes-map-type': 'atomic' } as const;

const advertised = (description: string) =>
  optional(
    atomicList(
      object('One range.', { cidr: optional(text('The range.', { format: 'cidr' })) }, atomic),
      description,
    ),
  );

const priority = (description: string) => optional(integer(description, { minimum: 1, maximum: 2147483646 }));

const secretKey = object(
  'Key of a Secret.',
  {
    name: optional(text('Name of the Secret.', { default: '' })),
    key: text('Key in the Secret.'),
    optional: optional(flag('Do without when it is missing.')),
  },
  atomic,
);

const meshOnly = (field: string) => ({
  rule: `!has(self.${field}) || !has(self.nodeToNodeMeshEnabled) || self.nodeToNodeMeshEnabled`,
  message: `${field} is for the node-to-node mesh: leave it out, or set nodeToNodeMeshEnabled to true`,
  reason: 'FieldValueForbidden' as const,
});

export const bgpConfigurationSpec = object(
  'Settings of BGP.',
  {
    asNumber: optional(
      Type.Integer({ description: 'AS number of nodes without their own.', format: 'int64' }),
    ),
    bindMode: optional(oneOf(['None', 'NodeIP'], 'Addresses that BIRD listens on.')),
    communities: optional(
      atomicList(
        object(
          'A community with a name.',
          {
            name: optional(text('Its name.')),
            value: optional(
              text('Its value, aa:nn or aa:nn:mm.', { pattern: '^(\\d+):(\\d+)$|^(\\d+):(\\d+):(\\d+)$' }),
            ),
          },
          atomic,
        ),
        'Communities that prefixAdvertisements can name.',
      ),
    ),
    ignoredInterfaces: optional(setList(Type.String(), 'Interfaces that BIRD learns no routes from.')),
    ipv4NormalRoutePriority: priority('Priority of routes that BIRD makes.'),
    ipv6NormalRoutePriority: priority('Priority of IPv6 routes that BIRD makes.'),
    listenPort: optional(integer('Port of BGP.', { minimum: 1, maximum: 65535 })),
    localWorkloadPeeringIPV4: optionalText('Address at which pods reach the BGP of their node.'),
    localWorkloadPeeringIPV6: optionalText('IPv6 address at which pods reach the BGP of their node.'),
    logSeverityScreen: optional(
      text('Least severity that is logged.', {
        pattern: '^(?i)(Trace|Debug|Info|Warning|Error|Fatal)?$',
        default: 'Info',
      }),
    ),
    nodeMeshMaxRestartTime: optionalText('Time for which routes are kept when a node of the mesh restarts.'),
    nodeMeshPassword: optional(
      object('Password of the node-to-node mesh.', { secretKeyRef: optional(secretKey) }),
    ),
    nodeToNodeMeshEnabled: optional(flag('Connect every node with every other.')),
    prefixAdvertisements: optional(
      atomicList(
        object(
          'One range.',
          {
            cidr: optional(text('The range.', { format: 'cidr' })),
            communities: optional(atomicList(Type.String(), 'Communities, by name or value.')),
          },
          atomic,
        ),
        'Communities that are told with routes of a range.',
      ),
    ),
    programClusterRoutes: optional(toggle('BIRD programs routes to pods of other nodes, not Felix.')),
    serviceClusterIPs: advertised('Ranges of cluster addresses of Services to tell peers.'),
    serviceExternalIPs: advertised('Ranges of external addresses of Services to tell peers.'),
    serviceLoadBalancerIPs: advertised('Ranges of load balancer addresses of Services to tell peers.'),
    serviceLoadBalancerAggregation: optional(
      oneOf(
        ['Enabled', 'Disabled'],
        'Tell peers the whole range rather than single load balancer addresses.',
        {
          default: 'Enabled',
        },
      ),
    ),
  },
  { rules: [meshOnly('nodeMeshPassword'), meshOnly('nodeMeshMaxRestartTime')] },
);
