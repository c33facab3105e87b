/** What the user has to say for Windows nodes. */
import { signerLabel } from '../../api/key-pair.ts';
import type { Refusal } from '../../api/refusal.ts';
import { readKubeadmServiceNetworks } from '../pools/kubeadm.ts';
import type { Snapshot } from '../types.ts';
import { endpointConfigMap } from '../validate/endpoint.ts';
import { type Candidate, refuse } from '../validate/rule.ts';

/** Until Calico runs, a Windows node has no Services: the API server's own address has to be told. */
export function endpointMistakes({ configMaps, operatorNamespace }: Snapshot): readonly Refusal[] {
  const data = configMaps[endpointConfigMap]?.data;
  const isTold =
    (data?.['KUBERNETES_SERVICE_HOST'] ?? '') !== '' && (data?.['KUBERNETES_SERVICE_PORT'] ?? '') !== '';
  if (isTold) return [];
  return [
    {
      reason: 'ResourceReadError',
      object: `ConfigMap ${operatorNamespace}/${endpointConfigMap}`,
      problem:
        data === undefined
          ? 'it does not exist, and Windows nodes have to be told where the API server is'
          : 'it does not tell Windows nodes where the API server is',
      cure: 'Create it with KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, the address of the API server as nodes reach it without Services',
    },
  ];
}

/** The CNI plugin sends what goes to Services another way. */
export function serviceRangeMistakes(candidate: Candidate): readonly Refusal[] {
  const { spec, snapshot } = candidate;
  const given = spec.serviceCIDRs ?? [];
  if (spec.cni.type !== 'Calico' || given.some((text) => !text.includes(':'))) return [];
  const known = readKubeadmServiceNetworks(snapshot.cluster.kubeadmConfig);
  return refuse(candidate, {
    field: 'spec.serviceCIDRs',
    ...(given.length === 0 ? {} : { value: given }),
    problem: 'the CNI plugin of Windows nodes has to be told the IPv4 ranges of Services',
    cure:
      known.length === 0
        ? "List the cluster's Service ranges, for example 10.96.0.0/12"
        : `List the cluster's Service ranges; kubeadm was told ${known.join(', ')}`,
  });
}

const absolutePath = /^([A-Za-z]:)?[/\\]/;

/** Directories of the hosts. */
export function directoryMistakes(candidate: Candidate): readonly Refusal[] {
  const nodes = candidate.spec.windowsNodes ?? {};
  return (['cniBinDir', 'cniConfigDir', 'cniLogDir'] as const).flatMap((field) => {
    const path = nodes[field] ?? '';
    if (absolutePath.test(path) && !path.split(/[/\\]/).includes('..')) return [];
    return refuse(candidate, {
      field: `spec.windowsNodes.${field}`,
      value: path,
      problem: 'it is not an absolute path',
      cure: 'Begin it with / or with a drive such as c:/, and do without ..',
    });
  });
}

/** What requests certificates from a signer is a Linux program, so Windows pods cannot get theirs by themselves. */
export function certificateMistakes(candidate: Candidate): readonly Refusal[] {
  const { spec, snapshot } = candidate;
  if (spec.certificateManagement === undefined) return [];
  const pair = snapshot.secrets['node-certs'];
  const isBrought = pair !== undefined && pair.metadata.labels?.[signerLabel] === undefined;
  if (isBrought) return [];
  return refuse(candidate, {
    field: 'spec.certificateManagement',
    problem:
      'pods on Windows nodes cannot request their certificate, since the image for it is for Linux only',
    cure: `Bring the pair in Secret ${snapshot.operatorNamespace}/node-certs, or leave certificateManagement out`,
  });
}
