/** What this release installs. The one place that knows versions and names of images. */

/** Version of Calico, and tag of all its images. */
export const calicoVersion = 'v3.32.1';

/** Registry and path of images unless the spec says otherwise. */
export const defaultRegistry = 'quay.io';
export const defaultImagePath = 'calico';

/** Tag suffix of images built with FIPS-validated cryptography. */
export const fipsSuffix = '-fips';

/** Images by what they are for; `fips` where a FIPS build exists. */
export const images = {
  node: { name: 'node', fips: true },
  cni: { name: 'cni', fips: true },
  flexVolume: { name: 'pod2daemon-flexvol', fips: false },
  csi: { name: 'csi', fips: true },
  nodeDriverRegistrar: { name: 'node-driver-registrar', fips: true },
  kubeControllers: { name: 'kube-controllers', fips: true },
  typha: { name: 'typha', fips: true },
  keyCertProvisioner: { name: 'key-cert-provisioner', fips: false },
} as const;

/** Images of Windows nodes: needed only where there are some. There are no FIPS builds of them. */
export const windowsImages = {
  nodeWindows: { name: 'node-windows', fips: false },
  cniWindows: { name: 'cni-windows', fips: false },
} as const;

/** Further images of the release: ImageSets may name them. */
export const furtherImages = [
  'apiserver',
  'goldmane',
  'whisker',
  'whisker-backend',
  'guardian',
  'webhooks',
  'envoy-gateway',
  'envoy-proxy',
  'envoy-ratelimit',
  'istio-pilot',
  'istio-install-cni',
  'istio-ztunnel',
  'istio-proxyv2',
] as const;

/** Name of the ImageSet that fits this release. */
export const imageSetName = `calico-${calicoVersion}`;
