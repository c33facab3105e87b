/** What is said to pools of the Installation. */
import { bad, type Case, good, type Json, pool } from './case.ts';

const pools = (...list: readonly Json[]): Json => ({ calicoNetwork: { ipPools: list } });

export const poolCases: readonly Case[] = [
  good('no pools at all', pools()),
  good(
    '25 pools',
    pools(...Array.from({ length: 25 }, (_, index) => ({ cidr: `10.${String(index)}.0.0/16` }))),
  ),
  bad(
    '26 pools',
    pools(...Array.from({ length: 26 }, (_, index) => ({ cidr: `10.${String(index)}.0.0/16` }))),
    'spec.calicoNetwork.ipPools',
    '25 items',
  ),
  good('host bits, taken as the network', pool({ cidr: '10.244.0.1/16' })),
  good('a range of one IPv6 block', pool({ cidr: 'fd00::/122' })),
  bad('text', pool({ cidr: 'ten' }), 'ipPools[0].cidr', "'ten' is not an address and a prefix length"),
  bad(
    'an address without length',
    pool({ cidr: '10.0.0.1' }),
    'ipPools[0].cidr',
    "'10.0.0.1' is not an address",
  ),
  bad(
    'a length above 32',
    pool({ cidr: '10.244.0.0/99' }),
    "'10.244.0.0/99' is not",
    'write it like 10.244.0.0/16',
  ),
  bad('link-local addresses', pool({ cidr: '169.254.8.0/24' }), 'ipPools[0].cidr', 'link-local'),
  bad('a range around link-local addresses', pool({ cidr: '169.0.0.0/8' }), 'ipPools[0].cidr', 'link-local'),
  bad('link-local addresses of IPv6', pool({ cidr: 'fe80::/64' }), 'ipPools[0].cidr', 'link-local'),
  bad('leading zeros', pool({ cidr: '010.0.0.0/8' }), "'010.0.0.0/8' is not"),
  bad('no cidr', pools({ name: 'a' }), 'ipPools[0].cidr', 'Required'),
  bad(
    'IPv4 block of 19',
    pool({ blockSize: 19 }),
    'ipPools[0].blockSize',
    '10.244.0.0/16',
    'choose 20 to 32',
  ),
  bad('IPv4 block of 33', pool({ blockSize: 33 }), 'choose 20 to 32'),
  bad('IPv6 block of 115', pool({ cidr: 'fd00::/48', blockSize: 115 }), 'fd00::/48', 'choose 116 to 128'),
  bad('IPv6 block of 129', pool({ cidr: 'fd00::/48', blockSize: 129 }), 'choose 116 to 128'),
  good(
    'blocks at the bounds',
    pools({ cidr: '10.0.0.0/20', blockSize: 20 }, { cidr: 'fd00::/48', blockSize: 128 }),
  ),
  bad(
    'block larger than the pool',
    pool({ cidr: '10.244.0.0/28', blockSize: 26 }),
    '10.244.0.0/28 is smaller than one block',
  ),
  bad(
    'default block larger than the pool',
    pool({ cidr: '10.244.0.0/28' }),
    'one block of the default size 26',
  ),
  bad(
    'IPv6 default block larger than the pool',
    pool({ cidr: 'fd00::/124' }),
    'one block of the default size 122',
  ),
  bad(
    'IPIP on IPv6',
    pool({ cidr: 'fd00::/48', encapsulation: 'IPIP' }),
    'ipPools[0].encapsulation',
    'IPIP',
    'fd00::/48',
    'choose VXLAN',
  ),
  bad(
    'IPIPCrossSubnet on IPv6',
    pool({ cidr: 'fd00::/48', encapsulation: 'IPIPCrossSubnet' }),
    'IPIPCrossSubnet is not possible',
  ),
  bad(
    'unknown encapsulation',
    pool({ encapsulation: 'GRE' }),
    'ipPools[0].encapsulation',
    'VXLANCrossSubnet',
  ),
  bad(
    'one pool in another',
    pools({ cidr: '10.244.0.0/16' }, { cidr: '10.244.1.0/24' }),
    'pools 10.244.0.0/16 and 10.244.1.0/24 overlap',
  ),
  bad('the same range written twice', pools({ cidr: '10.0.0.0/8' }, { cidr: '10.1.0.0/8' }), 'overlap'),
  bad(
    'an overlap far down',
    pools(...['10.0', '10.1', '10.2', '10.3', '10.4'].map((net) => ({ cidr: `${net}.0.0/16` })), {
      cidr: '10.4.4.0/24',
    }),
    'pools overlap',
  ),
  bad('duplicate', pools({ cidr: '10.0.0.0/8' }, { cidr: '10.0.0.0/8' }), 'ipPools[1]', 'Duplicate'),
  bad(
    'one name twice',
    pools({ cidr: '10.0.0.0/16', name: 'a' }, { cidr: '10.1.0.0/16', name: 'a' }),
    'same name',
  ),
  good('two without a name', pools({ cidr: '10.0.0.0/16', name: '' }, { cidr: '10.1.0.0/16', name: '' })),
  bad('a name that no object can have', pool({ name: 'Pool_1' }), 'ipPools[0].name', 'lower-case'),
  good(
    'for load balancers',
    pool({ allowedUses: ['LoadBalancer'], encapsulation: 'None', nodeSelector: 'all()' }),
  ),
  bad(
    'load balancers and pods',
    pool({ allowedUses: ['LoadBalancer', 'Workload'] }),
    'LoadBalancer cannot be combined',
  ),
  bad(
    'load balancers with a tunnel',
    pool({ allowedUses: ['LoadBalancer'], encapsulation: 'VXLAN' }),
    'set encapsulation to None',
  ),
  bad(
    'load balancers of some nodes',
    pool({ allowedUses: ['LoadBalancer'], nodeSelector: 'rack == "a"' }),
    'set nodeSelector to all()',
  ),
  bad(
    'load balancers in secret',
    pool({ allowedUses: ['LoadBalancer'], disableBGPExport: true }),
    'leave out disableBGPExport',
  ),
  bad('an unknown use', pool({ allowedUses: ['Pods'] }), 'allowedUses[0]', 'Workload'),
  bad('an unknown assignment', pool({ assignmentMode: 'Sometimes' }), 'assignmentMode', 'Manual'),
];
