import type { Affinity, Container, Deployment, Toleration } from '../../api/kubernetes.ts';
import { certificateProvisioners, keyPairVolume } from '../shared/certificate-request.ts';
import { felixHealthPort } from '../shared/felix-settings.ts';
import { scrapeAnnotations } from '../shared/metadata.ts';
import { commonNames, names } from '../shared/names.ts';
import { platformTolerations } from '../shared/platform-tolerations.ts';
import { readOnlyMount, restrictedSecurityContext, tolerateEverything } from '../shared/pod.ts';
import { authorityHashes, certificateHash, trustBundleMounts, trustBundleVolume } from '../shared/trust.ts';
import { componentResources, progressDeadline, workload } from '../shared/workload.ts';
import type { RenderInput } from '../types.ts';
import { typhaEnv } from './env.ts';

/** Port that Felix and confd connect to. */
export const typhaPort = 5473;

/** Seconds over which a leaving Typha hands its clients to the others. */
const defaultGracePeriod = 300;

/** Typha's health endpoint stands one below Felix's: both are on the host's network. */
const healthPort = (input: RenderInput): number => felixHealthPort(input) - 1;

function gracePeriod({ resolved }: RenderInput): number {
  return (
    resolved.spec.typhaDeployment?.spec?.template?.spec?.terminationGracePeriodSeconds ?? defaultGracePeriod
  );
}

function tolerations({ resolved }: RenderInput): readonly Toleration[] {
  const { controlPlaneTolerations = [], kubernetesProvider } = resolved.spec;
  const base = controlPlaneTolerations.length > 0 ? controlPlaneTolerations : tolerateEverything;
  return [...base, ...platformTolerations(kubernetesProvider)];
}

/** Spread over zones where possible; nodes apart they are anyway, since they share the host's port. */
function affinity({ resolved }: RenderInput): Affinity {
  const nodeAffinity = resolved.spec.typhaAffinity?.nodeAffinity;
  const isEmpty = nodeAffinity === undefined || Object.keys(nodeAffinity).length === 0;
  return {
    ...(isEmpty ? {} : { nodeAffinity }),
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 1,
          podAffinityTerm: {
            labelSelector: {
              matchExpressions: [{ key: 'k8s-app', operator: 'In', values: [names.typha] }],
            },
            topologyKey: 'topology.kubernetes.io/zone',
          },
        },
      ],
    },
  };
}

function probe(input: RenderInput, path: string): NonNullable<Container['livenessProbe']> {
  return { httpGet: { host: 'localhost', path, port: healthPort(input) }, timeoutSeconds: 10 };
}

const securityContext = restrictedSecurityContext({ runAsUser: 10001, runAsGroup: 10001 });

function container(input: RenderInput): Container {
  return {
    name: names.typha,
    image: input.resolved.images.typha,
    ...componentResources(input, 'Typha'),
    ports: [{ containerPort: typhaPort, name: names.typha, protocol: 'TCP' }],
    env: typhaEnv(input, { healthPort: healthPort(input), gracePeriod: gracePeriod(input) }),
    securityContext,
    livenessProbe: probe(input, '/liveness'),
    readinessProbe: probe(input, '/readiness'),
    volumeMounts: [
      ...trustBundleMounts(input),
      readOnlyMount(names.typhaCertificate, `/${names.typhaCertificate}`),
    ],
  };
}

/** Typha's Deployment. An update brings all new pods up before the last old one goes, so that clients have somewhere to go. */
export function typhaDeployment(input: RenderInput): Deployment {
  const provisioners = certificateProvisioners(
    input,
    { secretName: names.typhaCertificate, commonName: commonNames.server },
    // The key that it leaves is readable for its own user only.
    securityContext,
  );
  const { typha, spec } = input.resolved;
  const rollingUpdate = spec.typhaDeployment?.spec?.strategy?.rollingUpdate;
  const { metadata, spec: common } = workload(input, {
    name: names.typha,
    podAnnotations: {
      ...authorityHashes(input, 'typha'),
      ...certificateHash(input, names.typhaCertificate),
      ...scrapeAnnotations(spec.typhaMetricsPort),
    },
    override: spec.typhaDeployment,
    podSpec: {
      hostNetwork: true,
      serviceAccountName: names.typha,
      priorityClassName: 'system-cluster-critical',
      terminationGracePeriodSeconds: defaultGracePeriod,
      tolerations: tolerations(input),
      affinity: affinity(input),
      ...(provisioners.length === 0 ? {} : { initContainers: provisioners }),
      containers: [container(input)],
      volumes: [trustBundleVolume(), keyPairVolume(input, names.typhaCertificate)],
    },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      ...common,
      replicas: typha.replicas,
      revisionHistoryLimit: 2,
      // A pod that takes its whole grace period to leave is no failed rollout yet.
      progressDeadlineSeconds: progressDeadline(common, gracePeriod(input)),
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: rollingUpdate ?? { maxSurge: '100%', maxUnavailable: 1 },
      },
    },
  };
}
