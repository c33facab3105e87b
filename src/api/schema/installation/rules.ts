/**
 * Rules across fields of the spec. They speak only where the spec itself decides: what depends on the platform that the
 * operator finds, or on the other Installation object (`overlay` is laid over `default`), is checked when reconciling.
 */
import type { Rule } from '../kit.ts';
import { givesPodsAddresses } from './ip-pool.ts';

const pools = 'has(self.calicoNetwork) && has(self.calicoNetwork.ipPools) && self.calicoNetwork.ipPools';
const anyPool = (condition: string) => `${pools}.exists(p, ${condition})`;
const encapsulated = (...values: readonly string[]) =>
  `has(p.encapsulation) && p.encapsulation in [${values.map((value) => `"${value}"`).join(', ')}]`;

const bgpOff =
  'has(self.calicoNetwork) && has(self.calicoNetwork.bgp) && self.calicoNetwork.bgp == "Disabled" && (!has(self.calicoNetwork.clusterRoutingMode) || self.calicoNetwork.clusterRoutingMode != "Felix")';
const calicoIpam = '(!has(self.cni) || !has(self.cni.ipam) || self.cni.ipam.type == "Calico")';
const calicoCni = 'has(self.cni) && self.cni.type == "Calico"';
const otherCni = 'has(self.cni) && self.cni.type != "Calico"';

const forbid = (fieldPath: string, condition: string, message: string): Rule => ({
  rule: `!(${condition})`,
  message,
  fieldPath,
  reason: 'FieldValueForbidden',
});

const platformOf = (cniType: string, provider: string): Rule =>
  forbid(
    '.cni.type',
    `has(self.cni) && self.cni.type == "${cniType}" && has(self.kubernetesProvider) && !(self.kubernetesProvider in ["", "${provider}"])`,
    `cni.type ${cniType} exists on ${provider} only: choose another cni.type, or correct kubernetesProvider`,
  );

/** A setting of calicoNetwork that only the CNI plugin of Calico carries out. */
const calicoCniOnly = (field: string, value: string): Rule =>
  forbid(
    `.calicoNetwork.${field}`,
    `${otherCni} && has(self.calicoNetwork) && has(self.calicoNetwork.${field}) && self.calicoNetwork.${field} == "${value}"`,
    `${field} ${value} needs CNI Calico: leave ${field} out, or set cni.type to Calico`,
  );

export const crossFieldRules: readonly Rule[] = [
  forbid(
    '.calicoNetwork.bgp',
    `(!has(self.cni) || self.cni.type == "Calico") && ${calicoIpam} && ${bgpOff} && ${anyPool(encapsulated('IPIP', 'IPIPCrossSubnet'))}`,
    'bgp Disabled leaves pools with encapsulation IPIP or IPIPCrossSubnet without routes: set bgp to Enabled, or encapsulation to VXLAN',
  ),
  forbid(
    '.calicoNetwork.bgp',
    `${calicoCni} && ${calicoIpam} && ${bgpOff} && ${anyPool(encapsulated('None'))}`,
    'bgp Disabled leaves pools with encapsulation None without routes: set bgp to Enabled, or encapsulation to VXLAN',
  ),
  forbid(
    '.calicoNetwork.ipPools',
    `${calicoCni} && has(self.cni.ipam) && self.cni.ipam.type == "HostLocal" && ${anyPool(encapsulated('VXLAN', 'VXLANCrossSubnet'))}`,
    'encapsulation VXLAN or VXLANCrossSubnet does not go with cni.ipam.type HostLocal: set that to Calico, or encapsulation to IPIP or None',
  ),
  forbid(
    '.calicoNetwork.ipPools',
    `${otherCni} && ${anyPool(encapsulated('IPIP', 'IPIPCrossSubnet', 'VXLAN', 'VXLANCrossSubnet'))}`,
    'encapsulation needs CNI Calico: set encapsulation to None, or cni.type to Calico',
  ),
  forbid(
    '.calicoNetwork.ipPools',
    `${otherCni} && ${anyPool('has(p.nodeSelector) && !(p.nodeSelector in ["", "all()"])')}`,
    'nodeSelector of pools needs CNI Calico: set nodeSelector to all(), or cni.type to Calico',
  ),
  calicoCniOnly('bgp', 'Enabled'),
  calicoCniOnly('linuxDataplane', 'VPP'),
  calicoCniOnly('hostPorts', 'Enabled'),
  calicoCniOnly('multiInterfaceMode', 'Multus'),
  calicoCniOnly('containerIPForwarding', 'Enabled'),
  forbid(
    '.logging.cni',
    `${otherCni} && has(self.logging) && has(self.logging.cni)`,
    'logging.cni is for CNI Calico only: leave it out, or set cni.type to Calico',
  ),
  forbid(
    '.calicoNetwork.mtu',
    `has(self.calicoNetwork) && has(self.calicoNetwork.mtu) && self.calicoNetwork.mtu > 0 && self.calicoNetwork.mtu < 1280 && ${anyPool(`p.cidr.contains(":") && ${givesPodsAddresses}`)}`,
    'IPv6 needs an mtu of at least 1280: choose a larger number, or 0 to have it found out',
  ),
  platformOf('GKE', 'GKE'),
  platformOf('AmazonVPC', 'EKS'),
  platformOf('AzureVNET', 'AKS'),
  forbid(
    '.azure',
    'has(self.azure) && has(self.kubernetesProvider) && !(self.kubernetesProvider in ["", "AKS"])',
    'azure is for kubernetesProvider AKS only: leave azure out, or correct kubernetesProvider',
  ),
];
