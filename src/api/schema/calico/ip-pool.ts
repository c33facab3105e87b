/** `spec` of the IPPool. */
import { flag, integer, object, oneOf, optional, type Rule, setList, text } from '../kit.ts';

const off = (mode: string) => `(!has(self.${mode}) || self.${mode} == "Never")`;

const immutable = (field: string): Rule => ({
  rule: 'self == oldSelf',
  message: `${field} of a pool is fixed, addresses depend on it: make another pool and move pods over`,
  reason: 'FieldValueInvalid',
});

const forLoadBalancer = 'has(self.allowedUses) && "LoadBalancer" in self.allowedUses';

export const ipPoolSpec = object(
  'A range that addresses are given out from.',
  {
    cidr: text('The range, as network address and prefix length.', {
      maxLength: 48,
      format: 'cidr',
      rules: [immutable('cidr')],
    }),
    blockSize: optional(
      integer('Prefix length of the blocks that nodes take. Default: 26 for IPv4, 122 for IPv6.', {
        minimum: 0,
        maximum: 128,
        rules: [immutable('blockSize')],
      }),
    ),
    ipipMode: optional(oneOf(['Never', 'Always', 'CrossSubnet'], 'When packets travel in IPIP.')),
    vxlanMode: optional(oneOf(['Never', 'Always', 'CrossSubnet'], 'When packets travel in VXLAN.')),
    natOutgoing: optional(flag('Masquerade what leaves for outside of all pools.')),
    nodeSelector: optional(text('Calico selector of the nodes that take addresses from this pool.')),
    namespaceSelector: optional(
      text('Calico selector of the namespaces whose pods take addresses from this pool.'),
    ),
    disabled: optional(flag('Give out no further addresses; those in use stay.')),
    disableBGPExport: optional(flag('Keep routes of this pool out of BGP.')),
    allowedUses: optional(
      setList(oneOf(['Workload', 'Tunnel', 'LoadBalancer'], 'One use.'), 'What addresses are used for.', {
        maxItems: 10,
      }),
    ),
    assignmentMode: optional(
      oneOf(['Automatic', 'Manual'], 'Manual pools are used only by pods and namespaces that name them.', {
        default: 'Automatic',
      }),
    ),
  },
  {
    rules: [
      {
        rule: `${off('ipipMode')} || ${off('vxlanMode')}`,
        message: 'ipipMode and vxlanMode cannot both be on: set one of them to Never',
        reason: 'FieldValueForbidden',
      },
      {
        rule: `!(${forLoadBalancer}) || (${off('ipipMode')} && ${off('vxlanMode')})`,
        message:
          'a pool for LoadBalancer addresses has no encapsulation: set ipipMode and vxlanMode to Never',
        reason: 'FieldValueForbidden',
      },
      {
        rule: `!(${forLoadBalancer}) || size(self.allowedUses) == 1`,
        message:
          'allowedUses: LoadBalancer cannot be combined with other uses; make a pool of its own for it',
        reason: 'FieldValueForbidden',
      },
      {
        rule: `!self.cidr.contains(":") || ${off('ipipMode')}`,
        message: 'IPIP exists for IPv4 only: set ipipMode to Never in an IPv6 pool',
        reason: 'FieldValueForbidden',
      },
    ],
  },
);
