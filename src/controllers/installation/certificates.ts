/** The installation's certificates: kept where they are good, issued where they are not. */
import type { Secret } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import { coreCertificates } from '../../certificates/constants.ts';
import type { Drafts } from '../../certificates/drafts.ts';
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

/** What a decision about certificates is made with, besides what is in the snapshot. */
export interface CertificateContext {
  readonly spec: EffectiveSpec;
  /** As it is in the cluster: a change of authority goes by what runs. Absent: nothing runs that it would have to wait for. */
  readonly fleet?: Fleet;
  /** PEM of the public roots. */
  readonly systemRoots: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What would become of every certificate. Pure. */
export function planFor(
  { operatorNamespace, overlay, configMaps: { 'typha-ca': typhaCa } }: Snapshot,
  secrets: Snapshot['secrets'],
  { spec, fleet, systemRoots, now }: CertificateContext,
): CertificatePlanning {
  const setsIt = overlay?.spec?.certificateManagement === undefined ? 'default' : 'overlay';
  const management = readManagement(spec, `Installation ${setsIt}`);
  return planCertificates({
    operatorNamespace,
    secrets,
    wanted: coreCertificates,
    ...(management === undefined ? {} : { management }),
    ...(fleet === undefined ? {} : { fleet }),
    ...(typhaCa === undefined ? {} : { typhaCa }),
    systemRoots,
    now,
  });
}

/**
 * Plans from the snapshot. If anything is to be issued, the Secrets are read once more from the API server first: a key
 * that another replica has just made must not be replaced because the watch was a moment behind.
 */
export async function ensureCertificates(
  snapshot: Snapshot,
  context: CertificateContext & {
    readonly client: Pick<KubeClient, 'list'>;
    /** What was issued and is not stored yet; updated. */
    readonly drafts: Drafts;
    readonly signal: AbortSignal;
  },
): Promise<CertificateResult> {
  const { operatorNamespace } = snapshot;
  let planning = planFor(snapshot, snapshot.secrets, context);
  if (planning.kind === 'plan' && issues(planning)) {
    const fresh = await context.client.list(
      { resource: resources.Secret, namespace: operatorNamespace },
      { signal: context.signal },
    );
    const secrets = Object.fromEntries(fresh.map((secret) => [secret.metadata.name, secret as Secret]));
    planning = planFor(snapshot, secrets, context);
  }
  if (planning.kind === 'refused') return planning;
  return { kind: 'issued', ...(await issueCertificates(planning, systemGenerator, context.drafts)) };
}

function issues(plan: Extract<CertificatePlanning, { kind: 'plan' }>): boolean {
  return [plan.authority, ...plan.pairs.map(({ decision }) => decision)].some(({ kind }) => kind === 'issue');
}
