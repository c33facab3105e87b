/**
 * Rules across fields of the spec. They speak only where the spec itself decides: what depends on the platform that the
 * operator finds, or on the other Installation object (`overlay` is laid over `default`), is checked when reconciling.
 */
import type { Rule } from '../kit.ts';

const pools = 'has(self.calicoNetwork) && has(self.calicoNetwork.ipPools) && self.calicoNetwork.ipPools';
const anyPool = (condition: string) => `${pools}.exists(p, ${condition})`;
const encapsulated = (...values: readonly string[]) =>
  `has(p.encapsulation) && p.encapsulation in [${values.map((value) => `"${value}"`).join(', ')}]`;

const bgpOff =
  'has(self.calicoNetwork) && has(self.calicoNetwork.bgp) && self.calicoNetwork.bgp == "Disabled" && (!has(self.calicoNetwork.clusterRoutingMode) || self.calicoNetwork.clusterRoutingMode != "Felix")';
const calicoIpam = '(!has(self.cni) || !has(self.cni.ipam) || self.cni.ipam.type == "Calico")';
const calicoCni = 'has(self.cni) && self.cni.type == "Calico"';
const otherCni = 'has(self.cni) && self.cni.type != "Calico"';

const network = (field: string, value: string) =>
  `has(self.calicoNetwork) && has(self.calicoNetwork.${field}) && self.calicoNetwork.${field} == "${value}"`;

const forbid = (condition: string, message: string): Rule => ({
  rule: `!(${condition})`,
  message,
  reason: 'FieldValueForbidden',
});

const platformOf = (cniType: string, provider: string): Rule =>
  forbid(
    `has(self.cni) && self.cni.type == "${cniType}" && has(self.kubernetesProvider) && !(self.kubernetesProvider in ["", "${provider}"])`,
    `cni.type ${cniType} exists on ${provider} only: choose another cni.type, or correct kubernetesProvider`,
  );

export const crossFieldRules: readonly Rule[] = [
  forbid(
    `(!has(self.cni) || self.cni.type == "Calico") && ${calicoIpam} && ${bgpOff} && ${anyPool(encapsulated('IPIP', 'IPIPCrossSubnet'))}`,
    'calicoNetwork: pools with encapsulation IPIP need BGP: set bgp to Enabled, or encapsulation to VXLAN',
  ),
  forbid(
    `${calicoCni} && ${calicoIpam} && ${bgpOff} && ${anyPool(encapsulated('None'))}`,
    'calicoNetwork: pools without encapsulation need BGP: set bgp to Enabled, or encapsulation to VXLAN',
  ),
  forbid(
    `${calicoCni} && has(self.cni.ipam) && self.cni.ipam.type == "HostLocal" && ${anyPool(encapsulated('VXLAN', 'VXLANCrossSubnet'))}`,
    'calicoNetwork: VXLAN needs cni.ipam.type Calico: set that, or encapsulation to IPIP or None',
  ),
  forbid(
    `${otherCni} && ${anyPool(encapsulated('IPIP', 'IPIPCrossSubnet', 'VXLAN', 'VXLANCrossSubnet'))}`,
    'calicoNetwork: only CNI Calico encapsulates: set encapsulation to None, or cni.type to Calico',
  ),
  forbid(
    `${otherCni} && ${anyPool('has(p.nodeSelector) && !(p.nodeSelector in ["", "all()"])')}`,
    'calicoNetwork: only CNI Calico chooses pools by node: set nodeSelector to all(), or cni.type to Calico',
  ),
  forbid(
    `${otherCni} && ${network('bgp', 'Enabled')} && ${pools}.size() > 0`,
    'calicoNetwork: only CNI Calico exchanges routes of pools: set bgp to Disabled, or cni.type to Calico',
  ),
  forbid(
    `${otherCni} && ${network('linuxDataplane', 'VPP')}`,
    'calicoNetwork.linuxDataplane VPP needs cni.type Calico',
  ),
  forbid(
    `${otherCni} && ${network('hostPorts', 'Enabled')}`,
    'calicoNetwork.hostPorts is done by CNI Calico only: leave it out, or set cni.type to Calico',
  ),
  forbid(
    `${otherCni} && ${network('multiInterfaceMode', 'Multus')}`,
    'calicoNetwork.multiInterfaceMode is for CNI Calico only: leave it out, or set cni.type to Calico',
  ),
  forbid(
    `${otherCni} && ${network('containerIPForwarding', 'Enabled')}`,
    'calicoNetwork.containerIPForwarding is done by CNI Calico only: leave it out, or set cni.type to Calico',
  ),
  platformOf('GKE', 'GKE'),
  platformOf('AmazonVPC', 'EKS'),
  platformOf('AzureVNET', 'AKS'),
  forbid(
    'has(self.azure) && has(self.kubernetesProvider) && !(self.kubernetesProvider in ["", "AKS"])',
    'azure is for kubernetesProvider AKS only: leave it out',
  ),
];
