/** `spec` of the Installation. */
import { imagePathShape, imagePrefixShape, registryShape, useDefault } from '../../image-shapes.ts';
import {
  integer,
  mapList,
  noWayUp,
  object,
  oneOf,
  optional,
  port,
  type Rule,
  setList,
  text,
  toggle,
} from '../kit.ts';
import { rollingUpdate } from '../overrides.ts';
import { labelMap, tolerations } from '../pod-types.ts';
import { additions } from './additions.ts';
import { calicoNetwork } from './calico-network.ts';
import { cni } from './cni.ts';
import { workloadOverrides } from './overrides.ts';
import { azure, certificateManagement, logging, proxy, tlsCipherSuite, windowsNodes } from './settings.ts';
import { crossFieldRules } from './rules.ts';

const pathOrNone = (description: string) =>
  text(description, {
    maxLength: 4096,
    rules: [
      {
        rule: 'self == "" || self == "None" || self.startsWith("/")',
        message: 'must be an absolute path of the host, or None',
        messageExpression: '"\'" + self + "\' is neither an absolute path nor None"',
      },
      noWayUp,
    ],
  });

const imagePart = (name: string, shape: string, example: string, description: string) =>
  optional(
    text(description, {
      maxLength: 1024,
      rules: [
        {
          rule: '!self.contains("://") && !self.contains(" ")',
          message: `${name} is a part of an image reference: leave out the scheme (https://) and blanks`,
        },
        {
          rule: `self in ["", "${useDefault}"] || self.contains("://") || self.contains(" ") || self.matches(${JSON.stringify(shape)})`,
          message: `${name} does not fit into an image reference: write it like ${example}`,
        },
      ],
    }),
  );

const linuxOnly = (label: string): Rule => ({
  rule: `!("${label}" in self) || self["${label}"] == "linux"`,
  message: `${label} can only be linux: the control plane of Calico has no other images`,
});

const pullSecret = object(
  'Name of a Secret.',
  { name: optional(text("Secret of the operator's namespace.", { default: '', maxLength: 253 })) },
  {
    'x-kubernetes-map-type': 'atomic',
    // On the entry, because the default alone would break a rule on the name.
    rules: [
      { rule: 'has(self.name) && self.name != ""', message: 'name the Secret, or leave the entry out' },
    ],
  },
);

const serviceCidr = text('Address and prefix length.', {
  maxLength: 64,
  rules: [
    {
      rule: 'isCIDR(self)',
      message: 'must be an address and a prefix length, for example 10.96.0.0/12',
      messageExpression:
        '"\'" + self + "\' is not an address and a prefix length; write it like 10.96.0.0/12"',
    },
  ],
});

const surges = 'has(self.rollingUpdate.maxSurge) && !(self.rollingUpdate.maxSurge in [dyn(0), dyn("0%")])';

const updateRules: readonly Rule[] = [
  {
    rule: `!has(self.rollingUpdate) || !has(self.rollingUpdate.maxUnavailable) || (self.rollingUpdate.maxUnavailable in [dyn(0), dyn("0%")]) == (${surges})`,
    message: 'set one of maxUnavailable and maxSurge above 0, not both: a DaemonSet takes no other way',
    fieldPath: '.rollingUpdate',
  },
  {
    rule: '!has(self.rollingUpdate) || !has(self.rollingUpdate.maxSurge) || type(self.rollingUpdate.maxSurge) == int || !self.rollingUpdate.maxSurge.matches("^[0-9]+%$") || int(self.rollingUpdate.maxSurge.replace("%", "")) <= 100',
    message: 'maxSurge can be 100% at most: a DaemonSet has one pod a node',
    fieldPath: '.rollingUpdate',
  },
];

const nodeUpdateStrategy = object(
  'How calico-node is updated. Default: one node at a time.',
  {
    type: optional(
      text('Only RollingUpdate is supported. Default: RollingUpdate.', {
        maxLength: 64,
        rules: [
          {
            rule: 'self in ["", "RollingUpdate"]',
            message: 'type must be RollingUpdate: other strategies would leave nodes on an old version',
          },
        ],
      }),
    ),
    rollingUpdate: optional(
      rollingUpdate('How many nodes are updated at a time. Default: maxUnavailable 1.'),
    ),
  },
  { rules: updateRules },
);

export const installationSpec = object(
  'What to install, and how.',
  {
    variant: optional(
      oneOf(['Calico', 'TigeraSecureEnterprise'], 'The product. Default: Calico.', {
        rules: [{ rule: 'self == "Calico"', message: 'this operator installs the variant Calico only' }],
      }),
    ),
    registry: imagePart(
      'registry',
      registryShape,
      'registry.example.com:5000/',
      'Registry of all images, for example registry.example.com/. Default: quay.io.',
    ),
    imagePath: imagePart(
      'imagePath',
      imagePathShape,
      'mirror/calico',
      'Path of all images in the registry. Default: calico.',
    ),
    imagePrefix: imagePart(
      'imagePrefix',
      imagePrefixShape,
      'calico-',
      'Text in front of every image name. Default: none.',
    ),
    imagePullSecrets: optional(
      mapList(pullSecret, ['name'], "Secrets of the operator's namespace to pull images with.", {
        maxItems: 100,
      }),
    ),
    kubernetesProvider: optional(
      oneOf(
        ['', 'EKS', 'GKE', 'AKS', 'OpenShift', 'DockerEnterprise', 'RKE2', 'TKG', 'Kind'],
        'Platform that the cluster runs on. Default: detected, but AKS never is.',
      ),
    ),
    cni: optional(cni),
    calicoNetwork: optional(calicoNetwork),
    controlPlaneNodeSelector: optional(
      labelMap('Node labels that Deployments of Calico ask for. Not for Typha.', [
        linuxOnly('kubernetes.io/os'),
        linuxOnly('beta.kubernetes.io/os'),
      ]),
    ),
    controlPlaneTolerations: optional(tolerations('Tolerations of Deployments besides the built-in ones.')),
    controlPlaneReplicas: optional(
      integer('Replicas of Deployments that can have several. Default: 2.', { minimum: 1, maximum: 1000 }),
    ),
    nodeMetricsPort: optional(port("Port of Felix' metrics on every node. Unset: as in FelixConfiguration.")),
    typhaMetricsPort: optional(port("Port of Typha's metrics. Unset: none.")),
    flexVolumePath: optional(
      pathOrNone('Host directory for the FlexVolume driver, or None to do without. Default: by platform.'),
    ),
    kubeletVolumePluginPath: optional(
      pathOrNone(
        "The kubelet's directory for the CSI driver, or None to do without. Default: /var/lib/kubelet.",
      ),
    ),
    nodeUpdateStrategy: optional(nodeUpdateStrategy),
    certificateManagement: optional(certificateManagement),
    tlsCipherSuites: optional(
      mapList(tlsCipherSuite, ['name'], 'TLS cipher suites that components may use. Default: those of Go.', {
        maxItems: 14,
      }),
    ),
    nonPrivileged: optional(
      text('Deprecated: non-privileged mode does not exist any more.', {
        maxLength: 64,
        rules: [
          {
            rule: 'self != "Enabled"',
            message: 'Calico has no non-privileged mode any more: leave nonPrivileged out',
          },
        ],
      }),
    ),
    fipsMode: optional(toggle('Use images built with FIPS-validated cryptography. Default: Disabled.')),
    logging: optional(logging),
    windowsNodes: optional(windowsNodes),
    serviceCIDRs: optional(
      setList(serviceCidr, 'Address ranges of Services. Needed by CNI Calico on Windows.', { maxItems: 32 }),
    ),
    azure: optional(azure),
    proxy: optional(proxy),
    ...workloadOverrides,
    ...additions,
  },
  { rules: crossFieldRules },
);
