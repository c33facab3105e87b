/** One entry of `spec.calicoNetwork.ipPools`. */
import { flag, integer, object, oneOf, optional, type Rule, setList, text, toggle } from '../kit.ts';

const cidrRule: Rule = {
  rule: 'isCIDR(self)',
  message: 'cidr must be an address and a prefix length, for example 10.244.0.0/16',
  messageExpression:
    '"cidr \'" + self + "\' is not an address and a prefix length; write it like 10.244.0.0/16 or fd00:10:244::/48"',
};

/** CEL: pods get addresses from the pool `p`. */
export const givesPodsAddresses =
  '(!has(p.allowedUses) || p.allowedUses.size() == 0 || "Workload" in p.allowedUses)';

const overlaps = (range: string) =>
  `cidr("${range}").containsCIDR(cidr(self.cidr)) || cidr(self.cidr).containsCIDR(cidr("${range}"))`;

const blockSizeText = '(has(self.blockSize) ? self.blockSize : (self.cidr.contains(":") ? 122 : 26))';

const rules: readonly Rule[] = [
  {
    rule: `!isCIDR(self.cidr) || !(self.cidr.contains(":") ? (${overlaps('fe80::/10')}) : (${overlaps('169.254.0.0/16')}))`,
    message:
      'link-local addresses are not routed between nodes: choose a range outside of 169.254.0.0/16 and fe80::/10',
    messageExpression:
      '"pool " + self.cidr + " holds link-local addresses, which are not routed between nodes: choose a range outside of 169.254.0.0/16 and fe80::/10"',
    fieldPath: '.cidr',
  },
  {
    rule: '!has(self.blockSize) || (self.cidr.contains(":") ? (self.blockSize >= 116 && self.blockSize <= 128) : (self.blockSize >= 20 && self.blockSize <= 32))',
    message: 'blockSize must be 20 to 32 in an IPv4 pool and 116 to 128 in an IPv6 pool',
    messageExpression:
      '"blockSize of pool " + self.cidr + " is out of range: choose " + (self.cidr.contains(":") ? "116 to 128" : "20 to 32")',
    fieldPath: '.blockSize',
  },
  {
    rule: `!isCIDR(self.cidr) || cidr(self.cidr).prefixLength() <= ${blockSizeText}`,
    message: 'the pool must hold at least one block: choose a larger cidr, or a larger number for blockSize',
    messageExpression:
      '"pool " + self.cidr + " is smaller than one block" + (has(self.blockSize) ? "" : (self.cidr.contains(":") ? " of the default size 122" : " of the default size 26")) + ": choose a larger cidr, or a larger number for blockSize"',
    fieldPath: '.blockSize',
  },
  {
    rule: '!(has(self.encapsulation) && self.encapsulation in ["IPIP", "IPIPCrossSubnet"] && self.cidr.contains(":"))',
    message:
      'encapsulation IPIP exists for IPv4 only: choose VXLAN, VXLANCrossSubnet or None for an IPv6 pool',
    messageExpression:
      '"encapsulation " + self.encapsulation + " is not possible in IPv6 pool " + self.cidr + ": choose VXLAN, VXLANCrossSubnet or None"',
    reason: 'FieldValueForbidden',
    fieldPath: '.encapsulation',
  },
  {
    rule: '!has(self.allowedUses) || !("LoadBalancer" in self.allowedUses) || size(self.allowedUses) == 1',
    message: 'allowedUses: LoadBalancer cannot be combined with other uses; make a pool of its own for it',
    fieldPath: '.allowedUses',
  },
  {
    rule: '!has(self.allowedUses) || !("LoadBalancer" in self.allowedUses) || !has(self.encapsulation) || self.encapsulation == "None"',
    message: 'a pool for LoadBalancer addresses has no encapsulation: set encapsulation to None',
    fieldPath: '.encapsulation',
  },
  {
    rule: '!has(self.allowedUses) || !("LoadBalancer" in self.allowedUses) || !has(self.nodeSelector) || self.nodeSelector in ["", "all()"]',
    message: 'a pool for LoadBalancer addresses belongs to all nodes: set nodeSelector to all()',
    fieldPath: '.nodeSelector',
  },
  {
    rule: '!has(self.allowedUses) || !("LoadBalancer" in self.allowedUses) || !has(self.disableBGPExport) || !self.disableBGPExport',
    message: 'a pool for LoadBalancer addresses must be exported: leave out disableBGPExport',
    fieldPath: '.disableBGPExport',
  },
];

export const ipPool = object(
  'A range that addresses are given out from.',
  {
    name: optional(
      text(
        'Name of the IPPool. Default: default-ipv4-ippool or default-ipv6-ippool, else made from the CIDR.',
        {
          maxLength: 253,
          rules: [
            {
              rule: 'self == "" || self.matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")',
              message:
                'name must be lower-case letters, digits, "-" and "."; start and end with a letter or digit',
            },
          ],
        },
      ),
    ),
    cidr: text('The range, as network address and prefix length. Host bits are ignored.', {
      maxLength: 64,
      rules: [cidrRule],
    }),
    encapsulation: optional(
      oneOf(
        ['IPIPCrossSubnet', 'IPIP', 'VXLAN', 'VXLANCrossSubnet', 'None'],
        'How packets between pods of different nodes travel. The CrossSubnet variants encapsulate only between subnets. Default: the first of IPIP, VXLAN and None that the pool can have.',
      ),
    ),
    natOutgoing: optional(
      toggle(
        'Masquerade what leaves for outside of all pools. Default: Enabled for IPv4, Disabled for IPv6.',
      ),
    ),
    nodeSelector: optional(
      text('Calico selector of the nodes that take addresses from this pool. Default: all().', {
        maxLength: 4096,
      }),
    ),
    blockSize: optional(
      integer(
        'Prefix length of the blocks that nodes take: 20 to 32 for IPv4 (default 26), 116 to 128 for IPv6 (default 122). Fixed once the pool exists.',
      ),
    ),
    disableBGPExport: optional(flag('Keep routes of this pool out of BGP.', { default: false })),
    disableNewAllocations: optional(
      flag('Give out no further addresses; those in use stay. Default: false.'),
    ),
    allowedUses: optional(
      setList(
        oneOf(['Workload', 'Tunnel', 'LoadBalancer'], 'One use.'),
        'What addresses are used for. Default: Workload and Tunnel.',
        { maxItems: 3 },
      ),
    ),
    assignmentMode: optional(
      oneOf(
        ['Automatic', 'Manual'],
        'Manual pools are used only by pods and namespaces that name them. Default: Automatic.',
      ),
    ),
  },
  { rules },
);
