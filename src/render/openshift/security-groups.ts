/** The Job that lets the machines of an OpenShift cluster on AWS reach each other, and what it may do. */
import type { Container, Job, KubeObject, PolicyRule } from '../../api/kubernetes.ts';
import type { AwsFacts } from '../../resolve/types.ts';
import { apiEndpointEnv } from '../shared/endpoint.ts';
import { objectMeta, standardLabels } from '../shared/metadata.ts';
import { accountSubject, owned, role, roleBinding, serviceAccount } from '../shared/objects.ts';
import { env, tolerateControlPlane } from '../shared/pod.ts';
import { coreRule, rule } from '../shared/rules.ts';
import type { DesiredObject, OwnImage, RenderInput } from '../types.ts';

/** Names of the reference. */
export const securityGroupNames = {
  /** Another number would make it run once more in every cluster. */
  job: 'aws-security-group-setup-1',
  account: 'tigera-aws-security-group-setup',
  /** Keys of AWS, which OpenShift's installer leaves there. */
  secret: 'aws-creds',
  secretNamespace: 'kube-system',
} as const;

const { account, job, secret, secretNamespace } = securityGroupNames;

/** Objects that Calico itself does not need. */
export function isSecurityGroupObject({ metadata: { name } }: Pick<KubeObject, 'metadata'>): boolean {
  return name === job || name === account;
}

/** By namespace. OpenShift lets pods use the host's network only through a security context constraint. */
function rulesByNamespace(operatorNamespace: string): ReadonlyMap<string, readonly PolicyRule[]> {
  const useConstraint = rule(
    ['security.openshift.io'],
    ['securitycontextconstraints'],
    ['use'],
    ['hostnetwork-v2'],
  );
  const readKeys = coreRule(['secrets'], ['get'], [secret]);
  return operatorNamespace === secretNamespace
    ? new Map([[secretNamespace, [useConstraint, readKeys]]])
    : new Map([
        [operatorNamespace, [useConstraint]],
        [secretNamespace, [readKeys]],
      ]);
}

function access(input: RenderInput): readonly DesiredObject[] {
  const { namespace } = input.operator;
  const roles = [...rulesByNamespace(namespace)].flatMap(([place, rules]) => [
    role(input, account, rules, place),
    roleBinding(
      input,
      account,
      { role: { kind: 'Role', name: account }, subjects: [accountSubject(account, namespace)] },
      place,
    ),
  ]);
  return [serviceAccount(input, account, namespace), ...roles].map((object) => owned('aws-access', object));
}

function proxyEnv({ resolved }: RenderInput) {
  const { httpProxy = '', httpsProxy = '', noProxy = '' } = resolved.spec.proxy ?? {};
  const given = Object.entries({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy });
  return env(Object.fromEntries(given.filter(([, value]) => value !== '')));
}

function container(input: RenderInput, aws: AwsFacts, { image, imagePullPolicy }: OwnImage): Container {
  return {
    name: 'aws-security-group-setup',
    image,
    imagePullPolicy,
    args: [
      'aws-security-groups',
      `--cluster=${aws.name}`,
      `--region=${aws.region}`,
      ...(aws.hosted ? ['--hosted'] : []),
      ...(aws.endpoint === undefined ? [] : [`--endpoint=${aws.endpoint}`]),
    ],
    env: [...apiEndpointEnv(input), ...proxyEnv(input)],
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    // Its last words say why it failed: the status shows them.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

/** It runs before there is a network, on whatever machine there is, and keeps its failed pods to be looked at. */
function setupJob(input: RenderInput, aws: AwsFacts, own: OwnImage): Job {
  const ofSpec = input.resolved.spec.imagePullSecrets?.flatMap(({ name }) => name ?? []) ?? [];
  const pullSecrets = [...new Set([...own.imagePullSecrets, ...ofSpec])].toSorted();
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: objectMeta(input, job, { namespace: input.operator.namespace }),
    spec: {
      backoffLimit: 10,
      template: {
        metadata: { labels: standardLabels(job) },
        spec: {
          serviceAccountName: account,
          hostNetwork: true,
          dnsPolicy: 'Default',
          restartPolicy: 'Never',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [
            ...tolerateControlPlane,
            { effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
            { effect: 'NoSchedule', key: 'node.kubernetes.io/network-unavailable', operator: 'Exists' },
            {
              effect: 'NoSchedule',
              key: 'node.cloudprovider.kubernetes.io/uninitialized',
              operator: 'Exists',
            },
            { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
          ],
          ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
          containers: [container(input, aws, own)],
        },
      },
    },
  };
}

/** On OpenShift on AWS, once it is known which image the operator itself has; nothing elsewhere. */
export function renderSecurityGroups(input: RenderInput): readonly DesiredObject[] {
  const { spec, cluster } = input.resolved;
  const { ownImage } = input.live;
  if (spec.kubernetesProvider !== 'OpenShift' || cluster.aws === undefined || ownImage === undefined)
    return [];
  return [...access(input), owned('aws-job', setupJob(input, cluster.aws, ownImage))];
}
