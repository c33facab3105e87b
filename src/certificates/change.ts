/**
 * From one authority to another without Felix and Typha losing each other (docs/adr/0009-authority-change.md). Pure, and
 * found anew in each pass from what the cluster shows, so that it survives restarts.
 */
import { hashAnnotation } from '../api/key-pair.ts';
import type { DaemonSet, Deployment, Secret } from '../api/kubernetes.ts';
import { formerAuthorityFields, formerAuthoritySecretName } from '../api/key-pair.ts';
import { readCandidate } from './candidate.ts';
import { authoritySecretName } from './constants.ts';
import { liveRequest } from './live-request.ts';
import { readPem } from './pem.ts';
import { formatTime } from './refusals.ts';
import { readText } from './secret-fields.ts';
import type { CertificateInput, Fleet } from './types.ts';

/** The kubelet brings a changed ConfigMap into running pods within a minute and a half: after so many milliseconds all have it. */
export const trustSpread = 120_000;

/** Where a change stands. */
export interface ChangeStep {
  /** PEM of each authority of before. */
  readonly former: readonly string[];
  /** Since when the authority in force is trusted, RFC 3339. */
  readonly since: string;
  /** The hash that the pods of a workload run with, where it must wait. */
  readonly held: { readonly node?: string; readonly typha?: string };
  readonly changesIn?: number;
}

type Workload = DaemonSet | Deployment;

/** What a workload runs with: `former` was rolled with another authority, `following` is on its way to the one in force. */
interface Standing {
  readonly kind: 'absent' | 'former' | 'following' | 'followed';
  readonly hash?: string;
}

/**
 * The step that a change is at; `undefined` when there is none. At first both authorities are trusted everywhere; then
 * Typha, which reads its trust only when it starts, follows; then the nodes; then the authorities of before are dropped.
 * @param inForce the authority's certificates and hash; `undefined` when it is about to be issued
 */
export function findChange(
  input: CertificateInput,
  inForce: { readonly certificate: string; readonly hash: string } | undefined,
): ChangeStep | undefined {
  const { fleet = {}, now, operatorNamespace, secrets } = input;
  const key = hashAnnotation(operatorNamespace, authoritySecretName);
  const typha = standing(fleet.typha, key, inForce?.hash);
  const node = standing(fleet.node, key, inForce?.hash);
  const record = secrets[formerAuthoritySecretName];
  const isOpen = [typha, node].some(
    ({ kind }) => kind === 'former' || (kind === 'following' && record !== undefined),
  );
  const former = isOpen ? formerAuthorities(input, inForce?.certificate ?? '') : [];
  if (former.length === 0) return undefined;
  const since = trustedSince(record, inForce?.hash) ?? now;
  const left = since + trustSpread - now;
  const typhaWaits = typha.kind === 'former' && left > 0;
  const nodeWaits = node.kind === 'former' && (typha.kind === 'former' || typha.kind === 'following');
  return {
    former,
    since: formatTime(Math.floor(since / 1000) * 1000),
    held: {
      ...(typhaWaits && typha.hash !== undefined ? { typha: typha.hash } : {}),
      ...(nodeWaits && node.hash !== undefined ? { node: node.hash } : {}),
    },
    ...(typhaWaits ? { changesIn: left } : {}),
  };
}

function standing(workload: Workload | undefined, key: string, wanted: string | undefined): Standing {
  if (workload === undefined) return { kind: 'absent' };
  const hash = workload.spec?.template.metadata?.annotations?.[key];
  if (hash === undefined) return { kind: 'former' };
  if (hash !== wanted) return { kind: 'former', hash };
  return { kind: isRolledOut(workload) ? 'followed' : 'following', hash };
}

/** No pod of an earlier template is left, and one of the latest is there to take over. */
function isRolledOut(workload: Workload): boolean {
  const { status, metadata } = workload;
  if (status === undefined || (status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  if ('desiredNumberScheduled' in status) {
    return (status.updatedNumberScheduled ?? 0) >= status.desiredNumberScheduled;
  }
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  return replicas === updatedReplicas && availableReplicas > 0;
}

function trustedSince(record: Secret | undefined, hash: string | undefined): number | undefined {
  if (record === undefined || readText(record, formerAuthorityFields.authority) !== hash) return undefined;
  const since = Date.parse(readText(record, formerAuthorityFields.since));
  return Number.isNaN(since) ? undefined : since;
}

/** Authorities that running pods may have certificates of: all that can be found, but for the one in force. */
function formerAuthorities(input: CertificateInput, inForce: string): readonly string[] {
  const current = new Set(readPem(inForce).certificates.map(({ certificate }) => certificate.fingerprint256));
  const found = sources(input)
    .flatMap((text) => readPem(text).certificates)
    .filter(({ certificate }) => certificate.ca && certificate.validToDate.getTime() > input.now)
    .filter(({ certificate }) => !current.has(certificate.fingerprint256));
  const distinct = new Map(found.map(({ certificate, pem }) => [certificate.fingerprint256, pem]));
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pem]) => pem);
}

function sources({ secrets, wanted, operatorNamespace, fleet = {} }: CertificateInput): readonly string[] {
  const record = secrets[formerAuthoritySecretName];
  const authority = secrets[authoritySecretName];
  // What we issue carries the certificate of its issuer along.
  const chains = wanted.flatMap(({ secretName }) => {
    const secret = secrets[secretName];
    if (secret === undefined) return [];
    const candidate = readCandidate(secret, operatorNamespace, 'leaf');
    return candidate.ours ? [candidate.fields.certificate] : [];
  });
  return [
    ...(record === undefined ? [] : [readText(record, formerAuthorityFields.former)]),
    ...(authority === undefined
      ? []
      : [readCandidate(authority, operatorNamespace, 'authority').fields.certificate]),
    ...chains,
    ...requested(
      fleet,
      wanted.map(({ secretName }) => secretName),
    ),
  ];
}

function requested({ node, typha }: Fleet, secretNames: readonly string[]): readonly string[] {
  return [node, typha].flatMap((workload) =>
    secretNames.flatMap((name) => {
      const caCert = liveRequest(workload, name)?.caCert;
      return caCert === undefined ? [] : [Buffer.from(caCert, 'base64').toString('utf8')];
    }),
  );
}
