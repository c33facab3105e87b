/** Rules of how calico-node finds the API server without Services. */
import type { ConfigMap } from '../../api/kubernetes.ts';
import type { Refusal } from '../../api/refusal.ts';
import { showValue } from '../findings.ts';
import { refuse, type Rule } from './rule.ts';

/** Name of the ConfigMap of the operator's namespace that tells the endpoint. */
export const endpointConfigMap = 'kubernetes-services-endpoint';

const keyPairs = [
  ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'],
  ['KUBERNETES_SERVICE_HOST_POD_NETWORK', 'KUBERNETES_SERVICE_PORT_POD_NETWORK'],
] as const;

const hostShape = /^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/;
const ipv6Shape = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/;

/** The ConfigMap, if there is one, tells host and port. */
export const endpointRules: Rule = ({ snapshot }) => {
  const configMap = snapshot.configMaps[endpointConfigMap];
  if (configMap === undefined) return [];
  const object = `ConfigMap ${snapshot.operatorNamespace}/${endpointConfigMap}`;
  return keyPairs.flatMap(([hostKey, portKey]) => pairMistakes(configMap, object, hostKey, portKey));
};

function pairMistakes(
  configMap: ConfigMap,
  object: string,
  hostKey: string,
  portKey: string,
): readonly Refusal[] {
  const host = configMap.data?.[hostKey] ?? '';
  const port = configMap.data?.[portKey] ?? '';
  if (host === '' && port === '') return [];
  const refusal = (key: string, value: string, problem: string, cure: string): Refusal => ({
    reason: 'ResourceValidationError',
    object,
    field: `data.${key}`,
    value: showValue(value),
    problem,
    cure,
  });
  const refusals: Refusal[] = [];
  if (!hostShape.test(host) && !ipv6Shape.test(host)) {
    refusals.push(
      refusal(
        hostKey,
        host,
        'it is no IP address or host name',
        `Set it to the API server's address, without port`,
      ),
    );
  }
  if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65535) {
    refusals.push(
      refusal(portKey, port, 'it is no port', `Set it to the API server's port, for example "6443"`),
    );
  }
  return refusals;
}

/** Bootstrap is for BPF, and either finds the endpoint out or is told it, not both. */
export const bootstrapRules: Rule = (candidate) => {
  const { spec, snapshot } = candidate;
  if (spec.calicoNetwork.bpfNetworkBootstrap !== 'Enabled') return [];
  const field = 'spec.calicoNetwork.bpfNetworkBootstrap';
  const refusals: Refusal[] = [];
  if (spec.calicoNetwork.linuxDataplane !== 'BPF') {
    refusals.push(
      ...refuse(candidate, {
        reason: 'ResourceValidationError',
        field,
        value: 'Enabled',
        problem: `it is for the BPF data plane, and linuxDataplane is ${spec.calicoNetwork.linuxDataplane}`,
        cure: 'Set linuxDataplane to BPF, or leave bpfNetworkBootstrap out',
      }),
    );
  }
  if (snapshot.configMaps[endpointConfigMap] !== undefined) {
    refusals.push(
      ...refuse(candidate, {
        reason: 'ResourceValidationError',
        field,
        value: 'Enabled',
        problem: `ConfigMap ${snapshot.operatorNamespace}/${endpointConfigMap} tells the endpoint already`,
        cure: 'Delete the ConfigMap, or set bpfNetworkBootstrap to Disabled',
      }),
    );
  }
  if (spec.calicoNetwork.linuxDataplane === 'BPF' && snapshot.cluster.apiServer === undefined) {
    refusals.push(
      ...refuse(candidate, {
        reason: 'ResourceValidationError',
        field,
        value: 'Enabled',
        problem:
          'Service default/kubernetes has no address, or none of its EndpointSlices has a ready one, so nodes cannot be told where the API server is',
        cure: `Restore the Service, or set bpfNetworkBootstrap to Disabled and create ConfigMap ${snapshot.operatorNamespace}/${endpointConfigMap}`,
      }),
    );
  }
  return refusals;
};
