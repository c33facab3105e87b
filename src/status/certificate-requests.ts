/** What pods' requests for certificates mean for the status. Pure. */
import { reasons } from '../api/conditions.ts';
import type { Cause } from './types.ts';

/** What is kept of a CertificateSigningRequest. */
export interface RequestFacts {
  readonly name: string;
  readonly signerName: string;
  /** The pod that asked, as the API server has it from the pod's token: `namespace/name`. */
  readonly pod?: string;
  readonly state: 'pending' | 'approved' | 'issued' | 'denied' | 'failed';
  /** Why it was denied or failed. */
  readonly explanation?: string;
}

/** The parts of a CertificateSigningRequest that are looked at. */
export interface ObservedRequest {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly signerName?: string;
    readonly username?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly status?: {
    readonly certificate?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

const longestExplanation = 200;

/** Reduces a request. A condition `Unknown` decides nothing yet. */
export function requestFacts({ metadata, spec, status }: ObservedRequest): RequestFacts {
  const conditions = status?.conditions ?? [];
  const holding = (type: string) =>
    conditions.find((each) => each.type === type && (each.status ?? 'True') === 'True');
  const end = holding('Denied') ?? holding('Failed');
  const text = [end?.reason, end?.message].filter((part) => part !== undefined && part !== '').join(': ');
  const pod = podOf(spec);
  return {
    name: metadata.name,
    signerName: spec?.signerName ?? '',
    ...(pod === undefined ? {} : { pod }),
    state:
      end !== undefined
        ? end.type === 'Denied'
          ? 'denied'
          : 'failed'
        : progressOf(status, holding('Approved')),
    ...(text === '' ? {} : { explanation: text.replaceAll(/\s+/g, ' ').slice(0, longestExplanation) }),
  };
}

function progressOf(status: ObservedRequest['status'], approval: unknown): RequestFacts['state'] {
  const undecided = status?.conditions?.some((condition) => condition.status === 'Unknown') === true;
  if (approval === undefined || undecided) return 'pending';
  return (status?.certificate ?? '') === '' ? 'approved' : 'issued';
}

function podOf(spec: ObservedRequest['spec']): string | undefined {
  const name = spec?.extra?.['authentication.kubernetes.io/pod-name']?.[0];
  const [, , namespace] = (spec?.username ?? '').split(':');
  return name === undefined || namespace === undefined ? undefined : `${namespace}/${name}`;
}

/** Causes for Progressing and for Degraded. */
export interface RequestCauses {
  readonly waiting: readonly Cause[];
  readonly problems: readonly Cause[];
}

/**
 * What somebody waits for, and what was turned down. A request of a pod that is gone concerns nobody any more.
 * @param pods every pod of Calico's namespace, as `namespace/name`
 */
export function requestCauses(requests: readonly RequestFacts[], pods: ReadonlySet<string>): RequestCauses {
  const wanted = requests
    .filter(({ pod }) => pod === undefined || pods.has(pod))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const bySigner = (state: RequestFacts['state']): [string, readonly RequestFacts[]][] => [
    ...Map.groupBy(
      wanted.filter((request) => request.state === state),
      ({ signerName }) => signerName,
    ),
  ];
  return {
    waiting: [
      ...bySigner('pending').map(([signer, some]) => ({
        reason: reasons.CertificatePending,
        message:
          `CertificateSigningRequest ${listed(some)}: waits for approval by signer ${signer}. ` +
          `If nothing approves for it, look at the request and run: kubectl certificate approve ${commandOf(some)}`,
      })),
      ...bySigner('approved').map(([signer, some]) => ({
        reason: reasons.CertificatePending,
        message:
          `CertificateSigningRequest ${listed(some)}: is approved, and signer ${signer} has not issued the certificate. ` +
          'See whether the program that signs for it runs',
      })),
    ],
    problems: wanted.flatMap(({ name, state, signerName, explanation }) =>
      state === 'denied' || state === 'failed'
        ? [
            {
              reason: reasons.CertificateRequestDenied,
              message:
                `CertificateSigningRequest ${name}: ${state === 'denied' ? 'was denied' : 'failed at'} ` +
                `${state === 'denied' ? 'for ' : ''}signer ${signerName}${explanation === undefined ? '' : ` (${explanation})`}. ` +
                'Remove the cause; the pod asks again by itself',
            },
          ]
        : [],
    ),
  };
}

const namesShown = 3;

function listed(requests: readonly RequestFacts[]): string {
  const names = requests.slice(0, namesShown).map(({ name }) => name);
  return names.join(', ') + (requests.length > namesShown ? ' and others' : '');
}

/** Of many, the label that all of them carry. */
function commandOf(requests: readonly RequestFacts[]): string {
  return requests.length > namesShown
    ? `$(kubectl get csr -l k8s-app=calico-system -o jsonpath='{.items[*].metadata.name}')`
    : requests.map(({ name }) => name).join(' ');
}
