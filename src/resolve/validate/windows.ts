/** Rules of Windows nodes. */
import type { FieldMistake } from '../findings.ts';
import { refuse, type Rule } from './rule.ts';

/** What Windows nodes need, and that nothing is said of them where there are none. */
export const windowsRules: Rule = (candidate) => {
  const { spec, user, snapshot } = candidate;
  if (spec.calicoNetwork.windowsDataplane !== 'HNS') {
    if (user.windowsNodes === undefined) return [];
    return refuse(candidate, {
      field: 'spec.windowsNodes',
      value: user.windowsNodes,
      problem: 'Windows is not switched on',
      cure: 'Leave it out, or set calicoNetwork.windowsDataplane to HNS',
    });
  }
  const mistakes: FieldMistake[] = [];
  const endpoint = snapshot.cluster.apiEndpoint;
  if (!endpoint?.host || !endpoint.port) {
    mistakes.push({
      field: 'spec.calicoNetwork.windowsDataplane',
      value: 'HNS',
      problem: 'Windows nodes have to be told where the API server is, and its address is not known',
      cure: `Create ConfigMap ${snapshot.operatorNamespace}/kubernetes-services-endpoint with KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT`,
    });
  }
  if (spec.cni.type === 'Calico' && (spec.serviceCIDRs ?? []).length === 0) {
    mistakes.push({
      field: 'spec.serviceCIDRs',
      problem: 'the CNI plugin of Windows nodes has to be told the ranges of Services',
      cure: "List the cluster's Service ranges, for example 10.96.0.0/12",
    });
  }
  return refuse(candidate, ...mistakes);
};
