/** Rules of roles, short enough to be read as a table. */
import type { PolicyRule } from '../../api/kubernetes.ts';
import { calicoGroups } from './names.ts';

type Words = readonly string[];

/** What may be done to resources of API groups; `resourceNames` limits it to single objects. */
export function rule(apiGroups: Words, resources: Words, verbs: Words, resourceNames?: Words): PolicyRule {
  return { apiGroups, resources, verbs, ...(resourceNames === undefined ? {} : { resourceNames }) };
}

/** On resources of the core group. */
export const coreRule = (resources: Words, verbs: Words): PolicyRule => rule([''], resources, verbs);

/** On Calico's own configuration, in whichever group it lives. */
export const calicoRule = (resources: Words, verbs: Words): PolicyRule =>
  rule(calicoGroups, resources, verbs);

/** OpenShift lets pods run under a user of their own only through this security context constraint. */
export const openShiftNonRoot: PolicyRule = rule(
  ['security.openshift.io'],
  ['securitycontextconstraints'],
  ['use'],
  ['nonroot-v2'],
);
