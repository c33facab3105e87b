/** Environment of Typha's container. */
import type { EnvVar } from '../../api/kubernetes.ts';
import type { EffectiveSpec } from '../../resolve/types.ts';
import { apiEndpointEnv } from '../shared/endpoint.ts';
import { calicoNamespace, commonNames, names } from '../shared/names.ts';
import { env } from '../shared/pod.ts';
import { trustBundlePath } from '../shared/trust.ts';
import type { RenderInput } from '../types.ts';

type Values = Readonly<Record<string, string>>;

/** Whom Typha lets in: the identity of Felix's certificate, which a user's Secret may give in another form. */
function clientIdentity({ certificates }: RenderInput): Values {
  const client = certificates.pairs[names.nodeCertificate];
  const commonName = client?.commonName ?? (client?.userProvided === true ? '' : commonNames.client);
  const uriSan = client?.uriSan ?? '';
  return {
    ...(commonName === '' ? {} : { TYPHA_CLIENTCN: commonName }),
    ...(uriSan === '' ? {} : { TYPHA_CLIENTURISAN: uriSan }),
  };
}

/** Names of the pods' interfaces where another plugin than Calico's makes them. */
function interfacePrefix({ cni }: EffectiveSpec): Values {
  const prefixes: Readonly<Record<string, string>> = { AmazonVPC: 'eni', GKE: 'gke', AzureVNET: 'azv' };
  const prefix = prefixes[cni.type];
  return prefix === undefined ? {} : { FELIX_INTERFACEPREFIX: prefix };
}

function metrics({ typhaMetricsPort }: EffectiveSpec): Values {
  return typhaMetricsPort === undefined
    ? {}
    : { TYPHA_PROMETHEUSMETRICSENABLED: 'true', TYPHA_PROMETHEUSMETRICSPORT: String(typhaMetricsPort) };
}

/** Variables of Typha; `gracePeriod` in seconds, the pod's. */
export function typhaEnv(
  input: RenderInput,
  numbers: { readonly healthPort: number; readonly gracePeriod: number },
): readonly EnvVar[] {
  const { spec } = input.resolved;
  return [
    ...env({
      TYPHA_LOGSEVERITYSCREEN: 'info',
      TYPHA_LOGFILEPATH: 'none',
      TYPHA_LOGSEVERITYSYS: 'none',
      TYPHA_CONNECTIONREBALANCINGMODE: 'kubernetes',
      TYPHA_DATASTORETYPE: 'kubernetes',
      TYPHA_HEALTHENABLED: 'true',
      TYPHA_HEALTHPORT: String(numbers.healthPort),
      TYPHA_K8SNAMESPACE: calicoNamespace,
      TYPHA_CAFILE: trustBundlePath,
      TYPHA_SERVERCERTFILE: `/${names.typhaCertificate}/tls.crt`,
      TYPHA_SERVERKEYFILE: `/${names.typhaCertificate}/tls.key`,
      TYPHA_SHUTDOWNTIMEOUTSECS: String(numbers.gracePeriod),
      ...clientIdentity(input),
      ...interfacePrefix(spec),
      ...(spec.cni.ipam.type === 'HostLocal' ? { USE_POD_CIDR: 'true' } : {}),
    }),
    ...apiEndpointEnv(input),
    ...env(metrics(spec)),
  ];
}
