/** What OpenShift says about AWS. */
import type { OpenShiftInfrastructure } from '../api/openshift.ts';
import type { AwsFacts } from './types.ts';

/**
 * Where in AWS the cluster is; undefined on any other platform, and while OpenShift does not say.
 * @param hosted the user's word that the control plane is elsewhere, for the reference's sake
 */
export function awsFacts(
  infrastructure: Pick<OpenShiftInfrastructure, 'status'> | undefined,
  hosted = false,
): AwsFacts | undefined {
  const { infrastructureName = '', controlPlaneTopology, platformStatus } = infrastructure?.status ?? {};
  const { region = '', serviceEndpoints = [] } = platformStatus?.aws ?? {};
  if (platformStatus?.type !== 'AWS' || infrastructureName === '' || region === '') return undefined;
  const endpoint = serviceEndpoints.find(({ name }) => name === 'ec2')?.url;
  return {
    name: infrastructureName,
    region,
    hosted: hosted || controlPlaneTopology === 'External',
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
