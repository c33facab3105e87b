/** What a failed write means for a person. */
import {
  isBadRequest,
  isForbidden,
  isImmutableField,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
} from '../kube/errors.ts';
import { describeRef } from './refs.ts';
import type { Action } from './types.ts';

/** A write that failed, with the object and the cure in the message and the API server's error as cause. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError';
  // Not a property: what is logged of an error must not hold an object with its content.
  readonly #action: Action;

  constructor(action: Action, message: string, cause: unknown) {
    super(message, { cause });
    this.#action = action;
  }

  get action(): Action {
    return this.#action;
  }
}

/** Wraps what the client threw. */
export function applyError(action: Action, cause: unknown): ApplyError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const cure = cureOf(action, cause);
  return new ApplyError(
    action,
    `${describeRef(action.ref)}: ${text}${cure === '' ? '' : `. ${cure}`}`,
    cause,
  );
}

/** Where the right is: only Docker Enterprise asks the operator to hand out cluster-admin, so that is a file of its own. */
function manifestFor({ ref }: Action): string {
  return ref.name === 'calico-cluster-admin'
    ? 'deploy/manifests/docker-enterprise.yaml of this release'
    : "the operator's ClusterRole of this release";
}

function cureOf(action: Action, cause: unknown): string {
  const { resource, namespace } = action.ref;
  const where = namespace === undefined ? 'in the cluster' : `in namespace ${namespace}`;
  if (isNamespaceTerminating(cause)) {
    return `Namespace ${namespace ?? ''} is being deleted: see its status for what holds it; the operator goes on when it is gone`;
  }
  if (isForbidden(cause)) {
    const verbs = action.kind === 'delete' ? 'delete' : 'create and patch';
    const group = resource.group === '' ? 'the core group' : resource.group;
    return `If RBAC forbids it: the operator's ServiceAccount needs ${verbs} on ${resource.plural} of ${group} ${where}; apply ${manifestFor(action)}`;
  }
  if (isNotFound(cause) && action.kind !== 'delete') {
    return `The cluster lacks ${namespace === undefined ? '' : `namespace ${namespace} or `}the resource ${resource.plural} (${resource.group}/${resource.version}): install the CRDs of this release`;
  }
  if (isImmutableField(cause)) {
    return 'The field cannot be changed on a living object: delete the object, the operator makes it again';
  }
  if (isInvalid(cause) || isBadRequest(cause)) {
    return 'The cluster does not accept what the Installation leads to: correct the field named above, or upgrade the CRDs to those of this release';
  }
  return '';
}
