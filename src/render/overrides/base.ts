/** What overrides are laid over. */
import type { CertificateSet } from '../../api/key-pair.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import { overrideBlocks } from '../../api/workload-override.ts';
import type { Resolved, Snapshot } from '../../resolve/types.ts';
import { render } from '../render.ts';
import { names } from '../shared/names.ts';

/** Only names and paths count here, which don't depend on what certificates hold. */
const standIn: CertificateSet = {
  authority: {
    secretName: names.authority,
    certificate: '',
    privateKey: '',
    userProvided: false,
    notAfter: '1970-01-01T00:00:00Z',
    dnsNames: [],
    issuer: '',
    hash: '',
  },
  pairs: {},
  trustBundle: '',
  systemRoots: 'present',
};

/** Pods that request their certificates have one init container more. */
function certificatesFor({ spec: { certificateManagement } }: Resolved): CertificateSet {
  if (certificateManagement === undefined) return standIn;
  const request = { keyAlgorithm: '', signatureAlgorithm: '', ...certificateManagement };
  return {
    ...standIn,
    requests: { [names.nodeCertificate]: request, [names.typhaCertificate]: request },
  };
}

function withoutOverrides(resolved: Resolved): Resolved {
  const { spec } = resolved;
  const kept = Object.entries(spec).filter(([field]) => !Object.hasOwn(overrideBlocks, field));
  return { ...resolved, spec: Object.fromEntries(kept) as unknown as Resolved['spec'] };
}

/** As if nothing were missing for Windows, where it is on. */
function withWindows(resolved: Resolved): Resolved {
  return resolved.windows.kind === 'off'
    ? resolved
    : { ...resolved, windows: { kind: 'on', dnsServers: [], serviceCidrs: [], warnings: [] } };
}

/** Every object without any override, with Typha, which comes and goes with the number of nodes. */
export function baseObjects(
  { operatorNamespace, configMaps }: Pick<Snapshot, 'operatorNamespace' | 'configMaps'>,
  resolved: Resolved,
): readonly KubeObject[] {
  const desired = render({
    resolved: withWindows(withoutOverrides(resolved)),
    operator: { namespace: operatorNamespace, serviceAccount: '', version: '' },
    certificates: certificatesFor(resolved),
    live: {},
    phase: { typhaDeployed: true, felixUsesTypha: true },
    pullSecrets: [],
    configMaps,
  });
  return desired.map(({ object }) => object);
}
