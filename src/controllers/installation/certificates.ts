/** The installation's certificates: kept where they are good, issued where they are not. */
import type { Secret } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import { coreCertificates } from '../../certificates/constants.ts';
import { systemGenerator } from '../../certificates/generator.ts';
import { type IssueResult, issueCertificates } from '../../certificates/issue.ts';
import { readManagement } from '../../certificates/management.ts';
import { planCertificates } from '../../certificates/plan.ts';
import type { CertificatePlanning, Fleet } from '../../certificates/types.ts';
import type { KubeClient } from '../../kube/types.ts';
import type { EffectiveSpec, Snapshot } from '../../resolve/types.ts';

/** The set to render, or why there is none. */
export type CertificateResult =
  | ({ readonly kind: 'issued' } & IssueResult)
  | Exclude<CertificatePlanning, { kind: 'plan' }>;

/**
 * Plans from the snapshot. If anything is to be issued, the Secrets are read once more from the API server first: a key
 * that another replica has just made must not be replaced because the watch was a moment behind.
 */
export async function ensureCertificates(
  snapshot: Snapshot,
  options: {
    readonly client: Pick<KubeClient, 'list'>;
    readonly spec: EffectiveSpec;
    /** As it is in the cluster: a change of authority goes by what runs. */
    readonly fleet: Fleet;
    readonly systemRoots: string;
    readonly now: number;
    readonly signal: AbortSignal;
  },
): Promise<CertificateResult> {
  const { operatorNamespace, configMaps } = snapshot;
  const typhaCa = configMaps['typha-ca'];
  const setsIt = snapshot.overlay?.spec?.certificateManagement === undefined ? 'default' : 'overlay';
  const management = readManagement(options.spec, `Installation ${setsIt}`);
  const plan = (secrets: Snapshot['secrets']): CertificatePlanning =>
    planCertificates({
      operatorNamespace,
      secrets,
      wanted: coreCertificates,
      ...(management === undefined ? {} : { management }),
      fleet: options.fleet,
      ...(typhaCa === undefined ? {} : { typhaCa }),
      systemRoots: options.systemRoots,
      now: options.now,
    });
  let planning = plan(snapshot.secrets);
  if (planning.kind === 'plan' && issues(planning)) {
    const fresh = await options.client.list(
      { resource: resources.Secret, namespace: operatorNamespace },
      { signal: options.signal },
    );
    planning = plan(Object.fromEntries(fresh.map((secret) => [secret.metadata.name, secret as Secret])));
  }
  if (planning.kind === 'refused') return planning;
  return { kind: 'issued', ...(await issueCertificates(planning, systemGenerator)) };
}

function issues(plan: Extract<CertificatePlanning, { kind: 'plan' }>): boolean {
  return [plan.authority, ...plan.pairs.map(({ decision }) => decision)].some(({ kind }) => kind === 'issue');
}
