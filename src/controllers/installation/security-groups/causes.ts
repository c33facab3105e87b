/** What the status says of the Job that opens ports on AWS. Nothing of it holds Calico up. */
import { reasons } from '../../../api/conditions.ts';
import type { Job } from '../../../api/kubernetes.ts';
import { isIgnored } from '../../../apply/ownership.ts';
import { resourceName } from '../../../kube/request.ts';
import { securityGroupNames } from '../../../render/openshift/security-groups.ts';
import { clip } from '../../../status/clip.ts';
import type { Cause, ComponentReport } from '../../../status/types.ts';
import { latestTrouble } from './attempts.ts';
import type { AwsStores } from './stores.ts';

/** What is looked at. */
export type AwsView = Pick<AwsStores, 'attempts' | 'facts' | 'forbidden' | 'job' | 'ownImage'>;

type Causes = Pick<ComponentReport, 'waiting' | 'problems'>;

/** The first attempts may fail because the cluster is still being installed. */
const tolerableFailures = 2;
/** Of a message of a program. */
const longest = 600;

const nothing: Causes = { waiting: [], problems: [] };

/** @param namespace the operator's */
export function awsCauses(aws: AwsView, namespace: string): Causes {
  if (aws.forbidden.length > 0) return { ...nothing, problems: aws.forbidden.map(notPermitted) };
  if (aws.facts(false) === undefined) return nothing;
  const { job, ownImage } = aws;
  if (ownImage === undefined) return { ...nothing, problems: [noImage(namespace)] };
  if (job === undefined || isIgnored(job)) return nothing;
  const trouble = latestTrouble(aws.attempts);
  switch (stateOf(job)) {
    case 'complete':
      return nothing;
    case 'failed':
      return { ...nothing, problems: [failure(job, trouble, remedy(namespace))] };
    case 'failing':
      return { ...nothing, problems: [failure(job, trouble, 'It is tried again')] };
    case 'running':
      return { ...nothing, waiting: [running(job, trouble)] };
  }
}

type JobState = 'running' | 'failing' | 'complete' | 'failed';

function stateOf({ status }: Job): JobState {
  const holds = (wanted: string): boolean =>
    status?.conditions?.some(({ type, status: value }) => type === wanted && value === 'True') === true;
  if (holds('Complete')) return 'complete';
  if (holds('Failed')) return 'failed';
  return (status?.failed ?? 0) > tolerableFailures ? 'failing' : 'running';
}

const nameOf = ({ metadata }: Job): string => `Job ${metadata.namespace ?? ''}/${metadata.name}`;

function failure(job: Job, trouble = 'its pods failed', cure: string): Cause {
  const words = clip(trouble, longest).replace(/\.$/, '');
  return {
    reason: reasons.PodFailure,
    message: `${nameOf(job)} could not open the ports between the machines: ${words}. ${cure}.`,
  };
}

function running(job: Job, trouble: string | undefined): Cause {
  const words = trouble === undefined ? '' : `: ${clip(trouble, longest)}`;
  return {
    reason: reasons.ResourceNotReady,
    message: `${nameOf(job)} opens the ports between the machines${words}`,
  };
}

function remedy(namespace: string): string {
  const { job } = securityGroupNames;
  return (
    `When that is seen to, run kubectl -n ${namespace} delete job ${job}, and it is made again; if the ports are open by ` +
    `other means, run kubectl -n ${namespace} annotate job ${job} unsupported.operator.tigera.io/ignore=true`
  );
}

function noImage(namespace: string): Cause {
  return {
    reason: reasons.ResourceNotFound,
    message:
      `The image for Job ${namespace}/${securityGroupNames.job}, which opens ports between the machines on AWS, is not known: ` +
      `there is no Deployment of the operator in namespace ${namespace}. Name it by OPERATOR_NAME, or open the ports yourself.`,
  };
}

function notPermitted({ resource, namespace }: AwsView['forbidden'][number]): Cause {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return {
    reason: reasons.PermissionDenied,
    message: `The operator may not watch ${resourceName(resource)}${where}. Apply the ClusterRole of this release.`,
  };
}
