/** `calico-operator aws-security-groups`: what the Job of an OpenShift cluster on AWS runs. */
import { createEc2, ec2Endpoint, type Proxy } from '../aws/ec2-client.ts';
import { awsRemedy } from '../aws/errors.ts';
import { type MissingRule, NoSecurityGroupsError, openPorts } from '../aws/open-ports.ts';
import type { AwsCredentials } from '../aws/signature.ts';
import type { OpenShiftInfrastructure } from '../api/openshift.ts';
import { resources } from '../api/resources.ts';
import type { Secret } from '../api/kubernetes.ts';
import type { Environment } from '../config/config.ts';
import { createClient } from '../kube/client.ts';
import { isForbidden, isNotFound } from '../kube/errors.ts';
import { userAgent } from '../kube/transport.ts';
import type { KubeClient } from '../kube/types.ts';
import { awsFacts } from '../resolve/aws.ts';
import type { AwsFacts } from '../resolve/types.ts';
import { describeFailure, withConnection } from './cluster-access.ts';
import { type Console, exitCodes, refuseUsage } from './console.ts';
import { kubeconfigFlag } from './flags.ts';
import { describeOptions, type OptionTable, type OptionValues, parseOptions } from './options.ts';
import { version } from './version.ts';

const options = {
  cluster: {
    kind: 'text',
    placeholder: 'NAME',
    help: 'What the cluster is called in AWS. Default: as Infrastructure "cluster" of OpenShift says, as all of these.',
  },
  region: { kind: 'text', placeholder: 'NAME', help: 'Region of AWS.' },
  hosted: {
    kind: 'boolean',
    help: 'The control plane is hosted by another cluster. Also by HOSTED_OPENSHIFT=true.',
  },
  endpoint: {
    kind: 'text',
    placeholder: 'URL',
    help: 'Where EC2 is called. Default: its address in the region.',
  },
  kubeconfig: kubeconfigFlag,
} as const satisfies OptionTable;

const help = `Usage: calico-operator aws-security-groups [flags]

Lets the machines of an OpenShift cluster on AWS reach each other as Calico needs it: TCP 179 (BGP), IP protocol 4
(IP in IP), UDP 4789 (VXLAN) and TCP 5473 (Typha), between the security groups of control plane and workers. What is
open stays as it is. The operator runs this in a Job; the keys are in Secret kube-system/aws-creds.

Exit code: 0 all is open, 1 something failed, 2 wrong flags.

Flags:
${describeOptions(options)}

Examples:
  calico-operator aws-security-groups --kubeconfig ~/.kube/config
`;

const credentialsName = 'Secret kube-system/aws-creds';

/** Something is missing; the message names it, and what to do. */
class PreconditionError extends Error {
  override readonly name = 'PreconditionError';
}

/** Runs `aws-security-groups`. Answers with the exit code. The last line to standard error says why it failed. */
export async function runAwsSecurityGroups(args: readonly string[], console: Console): Promise<number> {
  const parsed = parseOptions(args, options, 'aws-security-groups');
  switch (parsed.kind) {
    case 'invalid':
      return refuseUsage(parsed.problems, 'aws-security-groups', console);
    case 'help':
      console.print(help);
      return exitCodes.done;
    case 'options':
      return setUp(parsed.values, console);
  }
}

type Values = OptionValues<typeof options>;

async function setUp(values: Values, console: Console): Promise<number> {
  try {
    const { kubeconfig } = values;
    const { place, credentials } = await withConnection(
      console,
      { kubeconfig, command: 'aws-security-groups' },
      async ({ transport }) => {
        const client = createClient(transport);
        return {
          place: await findPlace(values, console.environment, client),
          credentials: await readCredentials(client),
        };
      },
    );
    await openAll(place, credentials, console);
    return exitCodes.done;
  } catch (error) {
    console.warn(explain(error));
    return exitCodes.failed;
  }
}

async function openAll(place: AwsFacts, credentials: AwsCredentials, console: Console): Promise<void> {
  const { endpoint = ec2Endpoint(place.region) } = place;
  const ec2 = createEc2({
    region: place.region,
    endpoint,
    credentials,
    userAgent: userAgent(version, 'aws-security-groups'),
    proxy: proxyIn(console.environment),
    clock: console.clock,
    onRetry: ({ message }, delay) => console.warn(`${message}; again in ${Math.ceil(delay / 1000)} s`),
  });
  try {
    const { groups, opened } = await openPorts(ec2, place, (rule) =>
      console.print(`${describeRule(rule)}\n`),
    );
    const names = groups.map(({ id, name }) => `${id} (${name})`).join(', ');
    console.print(`${opened.length} rules added; security groups of the machines: ${names}\n`);
  } finally {
    await ec2.close();
  }
}

function describeRule({ group, source, traffic: { purpose } }: MissingRule): string {
  return `${purpose} from ${source.id} is let into ${group.id}`;
}

/** Flags go before what OpenShift says, which is asked only for what is open. */
async function findPlace(
  { cluster, region, hosted, endpoint }: Values,
  environment: Environment,
  client: Pick<KubeClient, 'get'>,
): Promise<AwsFacts> {
  const isHosted = hosted || environment['HOSTED_OPENSHIFT'] === 'true';
  const given = endpoint === undefined ? {} : { endpoint };
  if (cluster !== undefined && region !== undefined)
    return { name: cluster, region, hosted: isHosted, ...given };
  const found = awsFacts(await readInfrastructure(client), isHosted);
  if (found === undefined) {
    throw new PreconditionError(
      'Infrastructure cluster of OpenShift does not say where in AWS this is: give --cluster and --region',
    );
  }
  return { ...found, name: cluster ?? found.name, region: region ?? found.region, ...given };
}

async function readInfrastructure(
  client: Pick<KubeClient, 'get'>,
): Promise<OpenShiftInfrastructure | undefined> {
  try {
    return (await client.get({
      resource: resources.Infrastructure,
      name: 'cluster',
    })) as OpenShiftInfrastructure;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function readCredentials(client: Pick<KubeClient, 'get'>): Promise<AwsCredentials> {
  const secret = await readSecret(client);
  const value = (key: string): string =>
    Buffer.from(secret.data?.[key] ?? '', 'base64')
      .toString()
      .trim();
  const accessKeyId = value('aws_access_key_id');
  const secretAccessKey = value('aws_secret_access_key');
  const sessionToken = value('aws_session_token');
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new PreconditionError(
      `${credentialsName} has no aws_access_key_id and aws_secret_access_key: ${credentialsRemedy}`,
    );
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

const credentialsRemedy =
  'put keys of a user into it who may do ec2:DescribeSecurityGroups, ec2:DescribeInstances and ec2:AuthorizeSecurityGroupIngress';

async function readSecret(client: Pick<KubeClient, 'get'>): Promise<Secret> {
  try {
    return (await client.get({
      resource: resources.Secret,
      namespace: 'kube-system',
      name: 'aws-creds',
    })) as Secret;
  } catch (error) {
    if (isNotFound(error))
      throw new PreconditionError(`${credentialsName} does not exist: ${credentialsRemedy}`);
    if (isForbidden(error))
      throw new PreconditionError(`${credentialsName} may not be read: ${error.message}`);
    throw error;
  }
}

/** As programs usually take them, capital or not. */
function proxyIn(environment: Environment): Proxy {
  const value = (name: string): string => environment[name] ?? environment[name.toLowerCase()] ?? '';
  return { http: value('HTTP_PROXY'), https: value('HTTPS_PROXY'), none: value('NO_PROXY') };
}

function explain(error: unknown): string {
  if (error instanceof PreconditionError) return error.message;
  if (error instanceof NoSecurityGroupsError) {
    return `${error.message}. Check --cluster and --region, or tag the security groups of the machines`;
  }
  const remedy = awsRemedy(error, credentialsName);
  if (remedy !== undefined && error instanceof Error) return `${error.message.replace(/\.$/, '')}. ${remedy}`;
  return error instanceof Error && error.name === 'AwsError' ? error.message : describeFailure(error);
}
