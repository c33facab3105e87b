/** `spec.cni`. */
import { noWayUp, object, oneOf, optional, text } from '../kit.ts';

const directory = (description: string) =>
  optional(
    text(description, {
      maxLength: 4096,
      rules: [
        {
          rule: 'self == "" || self.startsWith("/")',
          message: 'must be an absolute path of the host, starting with "/"',
          messageExpression: '"\'" + self + "\' is not an absolute path; start it with /"',
        },
        noWayUp,
      ],
    }),
  );

const ipam = object('How pods get their addresses.', {
  type: oneOf(
    ['Calico', 'HostLocal', 'AmazonVPC', 'AzureVNET'],
    'The IPAM plugin. Calico and HostLocal go with CNI Calico, HostLocal with GKE, each cloud plugin with its own CNI. Default: by cni.type, Calico with Calico.',
  ),
});

export const cni = object(
  'The CNI plugin that pods are connected with.',
  {
    type: oneOf(
      ['Calico', 'GKE', 'AmazonVPC', 'AzureVNET'],
      "The plugin. With the clouds' own plugins Calico does network policy only. Default: by platform, else Calico.",
    ),
    ipam: optional(ipam),
    binDir: directory('Host directory of CNI plugins. Default: by platform, else /opt/cni/bin.'),
    confDir: directory('Host directory of CNI configuration. Default: by platform, else /etc/cni/net.d.'),
  },
  {
    rules: [
      {
        rule: '!has(self.ipam) || (self.type == "Calico" ? self.ipam.type in ["Calico", "HostLocal"] : self.ipam.type == (self.type == "GKE" ? "HostLocal" : self.type))',
        message:
          'ipam.type does not go with type: CNI Calico takes Calico or HostLocal, GKE takes HostLocal, AmazonVPC and AzureVNET take their own',
        messageExpression:
          '"ipam.type " + self.ipam.type + " does not go with type " + self.type + ": use " + (self.type == "Calico" ? "Calico or HostLocal" : (self.type == "GKE" ? "HostLocal" : self.type))',
      },
    ],
  },
);
