/** `render --standalone`: Calico without an operator, as objects that one `kubectl apply` creates on an empty cluster. */
import type { BundledCrd } from '../../../api/crds.ts';
import type { Installation } from '../../../api/installation.ts';
import type { KubeObject } from '../../../api/kubernetes.ts';
import type { Warning } from '../../../api/refusal.ts';
import { standaloneAnnotation } from '../../../apply/take-over.ts';
import { poolsPath } from '../../../resolve/pools/derive.ts';
import { isSecurityGroupObject } from '../../../render/openshift/security-groups.ts';
import { names } from '../../../render/shared/names.ts';
import { type OperatorPlace, type Rendering, renderOffline } from '../offline.ts';
import { isWorkload, withoutCertificates, type Workload } from './certificates.ts';
import { standaloneRefusals } from './limits.ts';
import { type CustomResources, customResources, isCustomResource, settingsEnv } from './settings.ts';

/**
 * What an operator would make, without certificates, rights of the operator and custom resources: what those say is told
 * to calico-node in variables. Refused is what only an operator can do. Pure.
 * @param crds the definitions that this release carries; those of Calico come first of all
 */
export function renderStandalone(
  given: readonly KubeObject[],
  place: OperatorPlace,
  crds: readonly BundledCrd[],
): Rendering {
  const rendering = renderOffline(given.map(withoutSigner), place);
  if (rendering.kind !== 'rendered') return rendering;
  const { resolved, snapshot, warnings } = rendering;
  const refusals = standaloneRefusals(resolved, snapshot);
  if (refusals.length > 0) return { kind: 'refused', refusals, warnings };
  // Where kubeadm's configuration was given, its range is known.
  const rangeIsOpen = resolved.defaulted.includes(poolsPath) && snapshot.cluster.kubeadmConfig === undefined;
  const settings = customResources(rendering.objects, rangeIsOpen);
  const pulls = new Set(resolved.spec.imagePullSecrets?.map(({ name }) => name));
  const objects = withoutCertificates(
    rendering.objects.filter((object) => !isCustomResource(object) && !isOfOperator(object)),
    ({ kind, metadata: { name, namespace } }) =>
      name === names.trustBundle ||
      (kind === 'Secret' && (namespace === place.operatorNamespace || !pulls.has(name))),
  ).map((object) => (isWorkload(object) ? standingAlone(object, settings, place.version) : object));
  const remarks = rendering.objects.some(isSecurityGroupObject) ? [...warnings, closedPorts] : warnings;
  return { ...rendering, objects: [...calicoDefinitions(crds), ...objects], warnings: remarks };
}

/** A signer of certificates is of no use where there are none. */
function withoutSigner(object: KubeObject): KubeObject {
  if (object.kind !== 'Installation') return object;
  const { certificateManagement: _, ...spec } = (object as Installation).spec ?? {};
  const installation: Installation = { ...(object as Installation), spec };
  return installation;
}

/** The operator's access to Secrets, and the Job that runs its image. */
const isOfOperator = (object: KubeObject): boolean =>
  (object.kind === 'RoleBinding' && object.metadata.name === 'tigera-operator-secrets') ||
  isSecurityGroupObject(object);

const closedPorts: Warning = {
  reason: 'ResourceNotFound',
  object: 'Infrastructure cluster',
  problem: 'on AWS machines do not let each other’s Calico in, and a manifest cannot change that',
  cure: 'Run calico-operator aws-security-groups once',
};

/** All but the operator's own. */
function calicoDefinitions(crds: readonly BundledCrd[]): readonly KubeObject[] {
  return crds
    .filter(({ name }) => !name.endsWith('.operator.tigera.io'))
    .map(({ json }) => JSON.parse(json) as KubeObject);
}

/** Marked, so that an operator that comes later knows whose fields it may take. */
function standingAlone(workload: Workload, settings: CustomResources, version: string): Workload {
  const { metadata, spec } = workload;
  const marked = { ...metadata, annotations: { ...metadata.annotations, [standaloneAnnotation]: version } };
  const { template } = spec;
  const containers = (template.spec?.containers ?? []).map((container) =>
    container.name === names.node && metadata.name === names.node
      ? { ...container, env: [...settingsEnv(container.env ?? [], settings)] }
      : container,
  );
  return {
    ...workload,
    metadata: marked,
    spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}
