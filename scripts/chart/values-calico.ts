/** Values that say what is installed: Calico's resources, and what the operator needs to know beforehand. */
import { specSchema } from './kinds.ts';
import type { Section, Value } from './values.ts';
import { anything, flag, oneOf, optionalText, words } from './words.ts';

/** `<key>.enabled`; every other key below it is a field of the spec. */
const kind = (
  key: Parameters<typeof specSchema>[0],
  enabled: boolean,
  text: string,
  note?: string,
): readonly Value[] => [
  {
    path: key,
    default: undefined,
    text: `${text} Every key but \`enabled\` is a field of its spec.`,
    schema: specSchema(key),
    counterpart: { kind: 'same', ...(note !== undefined && { note }) },
  },
  {
    path: `${key}.enabled`,
    default: enabled,
    text: 'Whether the chart makes it.',
    schema: flag,
    counterpart: { kind: 'same' },
  },
];

const certificate = (path: string, text: string): Value => ({
  path: `certs.${path}`,
  default: null,
  text,
  schema: optionalText,
  counterpart: { kind: 'same' },
});

export const calicoValues: readonly Section[] = [
  {
    title: 'Calico',
    values: [
      ...kind(
        'installation',
        true,
        'The Installation `default`: what is installed.',
        'keys that Tigera’s chart always sends (`controlPlaneReplicas`, `nonPrivileged`, `kubernetesProvider`) are left to their defaults, which are the same',
      ),
      {
        path: 'installation.kubeletVolumePluginPath',
        default: 'None',
        text: 'Where kubelet keeps volumes, for the CSI driver; `None` leaves the driver out, `/var/lib/kubelet` is the usual place.',
        counterpart: { kind: 'same' },
        example: [
          'calicoNetwork:',
          '  bgp: Disabled',
          '  ipPools:',
          '    - cidr: 10.244.0.0/16',
          '      encapsulation: VXLAN',
          'nodeMetricsPort: 9091',
        ],
      },
      ...kind(
        'apiServer',
        true,
        'The APIServer `default`: API `projectcalico.org/v3`. Accepted by this release, not acted on yet.',
      ),
      ...kind(
        'goldmane',
        true,
        'The Goldmane `default`, which collects flows. Accepted by this release, not acted on yet.',
      ),
      ...kind(
        'whisker',
        true,
        'The Whisker `default`, which shows flows. Accepted by this release, not acted on yet.',
      ),
      ...kind(
        'defaultFelixConfiguration',
        false,
        'The FelixConfiguration `default`. Kept by `helm uninstall`.',
        'written as `crd.projectcalico.org/v1`; stays on uninstall',
      ),
      {
        path: 'manageCRDs',
        default: true,
        text: 'Whether the operator installs and upgrades CustomResourceDefinitions. If not, apply `crds.yaml` of a release before it.',
        schema: flag,
        counterpart: { kind: 'same' },
      },
      {
        path: 'uninstall.policy',
        default: 'Remove',
        text: '`Remove`: `helm uninstall` removes Calico, waits for the end, and then removes the operator. `Keep`: it removes the operator only, Calico’s resources stay and Calico goes on running. Pools, policies and definitions stay either way.',
        schema: oneOf('Remove', 'Keep'),
        counterpart: { kind: 'other', name: '–', note: 'Tigera’s chart always removes Calico' },
      },
    ],
  },
  {
    title: 'What has to be there before',
    values: [
      {
        path: 'imagePullSecrets',
        default: {},
        text: 'Secrets to pull images with, by name; the value is the text of a `config.json`. The operator’s pod and all of Calico use them: `--set-file imagePullSecrets.mine=config.json`.',
        schema: words,
        counterpart: { kind: 'same' },
      },
      {
        path: 'kubernetesServiceEndpoint.host',
        default: '',
        text: 'Where the API server is reached without kube-proxy; needed for the BPF data plane in its place. Written to ConfigMap `kubernetes-services-endpoint`.',
        schema: { type: 'string' },
        counterpart: { kind: 'same' },
      },
      {
        path: 'kubernetesServiceEndpoint.port',
        default: '6443',
        text: 'The port at that host.',
        schema: { type: ['string', 'integer'], pattern: '^[0-9]{1,5}$', minimum: 1, maximum: 65535 },
        counterpart: { kind: 'same' },
      },
      certificate(
        'node.key',
        'Your own pair for calico-node, PEM. One value of `certs` makes all seven needed.',
      ),
      certificate('node.cert', 'Its certificate.'),
      certificate('node.commonName', 'Its common name.'),
      certificate('typha.key', 'Your own pair for Typha, PEM.'),
      certificate('typha.cert', 'Its certificate.'),
      certificate('typha.commonName', 'Its common name.'),
      certificate('typha.caBundle', 'Authorities that signed the two, PEM.'),
      {
        path: 'namespace.create',
        default: false,
        text: 'Whether the chart makes its namespace, with the label that lets pods use the host network. Not with `--create-namespace`, and not for `helm install` into a namespace that does not exist: Helm keeps its record there.',
        schema: flag,
      },
      {
        path: 'extraObjects',
        default: [],
        text: 'Further objects, applied with the rest; text is rendered as a template.',
        schema: { type: 'array', items: { anyOf: [anything, { type: 'string' }] } },
      },
    ],
  },
];
