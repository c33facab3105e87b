/** Every state that our status can tell, with what Argo CD and kstatus have to make of it. */
import { type Reason, reasonCatalogue, reasons } from '../../src/api/conditions.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { describeRefusal, type Refusal } from '../../src/api/refusal.ts';
import { componentStatus, installationStatus } from '../../src/status/installation-status.ts';
import { type ComponentReport, emptyReport } from '../../src/status/types.ts';

/** What Argo CD says of an object. */
export interface ArgoHealth {
  readonly status: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended';
  readonly message: string;
}

export type KStatus = 'Current' | 'InProgress' | 'Failed' | 'Terminating';

export interface State {
  readonly what: string;
  readonly object: KubeObject;
  readonly argo: ArgoHealth;
  readonly kstatus: KStatus;
}

interface Judged {
  readonly what: string;
  readonly report: ComponentReport;
  readonly argo: ArgoHealth;
  readonly kstatus: KStatus;
}

const generation = 3;
const now = Date.UTC(2026, 0, 1);
const chosenToWait: readonly Reason[] = [reasons.Paused, reasons.ChangePlanned];
const unseen = 'Waiting for the operator to look at this version of the spec';
const fine: Judged = {
  what: 'all is well',
  report: emptyReport,
  argo: { status: 'Healthy', message: 'All objects available' },
  kstatus: 'Current',
};

const refusal = (reason: string): Refusal => ({
  reason,
  object: 'Installation default',
  field: 'spec.calicoNetwork.mtu',
  value: '9',
  problem: 'it is too small',
  cure: 'Leave it out',
});

/** One state a reason, and the two that have several causes. */
const judged: readonly Judged[] = [
  fine,
  ...(Object.keys(reasonCatalogue) as Reason[]).flatMap((reason): readonly Judged[] => {
    const cause = { reason, message: `${reason} is told` };
    switch (reasonCatalogue[reason].polarity) {
      case 'waiting':
        return [
          {
            what: reason,
            report: { ...emptyReport, waiting: [cause] },
            argo: {
              status: chosenToWait.includes(reason) ? 'Suspended' : 'Progressing',
              message: cause.message,
            },
            kstatus: 'InProgress',
          },
        ];
      case 'bad':
        return [
          {
            what: reason,
            report: { ...emptyReport, problems: [cause] },
            argo: { status: 'Degraded', message: cause.message },
            kstatus: 'InProgress',
          },
          {
            what: `${reason}, refused`,
            report: { ...emptyReport, refusals: [refusal(reason)] },
            argo: { status: 'Degraded', message: describeRefusal(refusal(reason)) },
            kstatus: 'Failed',
          },
        ];
      case 'good':
      case 'notice':
        return [];
    }
  }),
  {
    what: 'something fails while another thing is waited for',
    report: {
      ...emptyReport,
      waiting: [{ reason: 'ResourceNotReady', message: 'one waits' }],
      problems: [{ reason: 'PodFailure', message: 'one fails' }],
    },
    argo: { status: 'Degraded', message: 'one fails' },
    kstatus: 'InProgress',
  },
];

const head = (kind: string, name: string): KubeObject => ({
  apiVersion: 'operator.tigera.io/v1',
  kind,
  metadata: { name, generation },
});

const statusOf = (report: ComponentReport, observed = generation): object =>
  installationStatus({
    report,
    generation: observed,
    previous: undefined,
    decided: undefined,
    running: undefined,
    now,
  });

const installation = (status: object | undefined, metadata: object = {}): KubeObject => {
  const bare = head('Installation', 'default');
  return {
    ...bare,
    metadata: { ...bare.metadata, ...metadata },
    ...(status === undefined ? {} : { status }),
  };
};

/** States of an Installation. */
export const installationStates: readonly State[] = [
  ...judged.map(({ what, report, argo, kstatus }) => ({
    what,
    object: installation(statusOf(report)),
    argo,
    kstatus,
  })),
  ...[fine, ...judged.filter(({ argo }) => argo.status === 'Degraded').slice(0, 1)].map(
    ({ what, report }): State => ({
      what: `the spec was changed, and of the one before: ${what}`,
      object: installation(statusOf(report, generation - 1)),
      argo: { status: 'Progressing', message: unseen },
      kstatus: 'InProgress',
    }),
  ),
  {
    what: 'just made',
    object: installation({ observedGeneration: -1 }),
    argo: { status: 'Progressing', message: unseen },
    kstatus: 'InProgress',
  },
  {
    what: 'being deleted',
    object: installation(statusOf(emptyReport), {
      deletionTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['operator.tigera.io/installation'],
    }),
    argo: { status: 'Progressing', message: 'Pending deletion' },
    kstatus: 'Terminating',
  },
];

const withoutObserved = (report: ComponentReport, observed: number): object => {
  const { observedGeneration: _, ...rest } = statusOf(report, observed) as { observedGeneration: number };
  return rest;
};

/** Installations under the definition of Tigera's operator, which lacks observedGeneration. kstatus can't tell then. */
export const foreignDefinitionStates: readonly Omit<State, 'kstatus'>[] = [
  {
    what: 'all is well',
    object: installation(withoutObserved(emptyReport, generation)),
    argo: fine.argo,
  },
  {
    what: 'of the spec before',
    object: installation(withoutObserved(emptyReport, generation - 1)),
    argo: { status: 'Progressing', message: unseen },
  },
  {
    what: 'just made',
    object: installation(undefined),
    argo: { status: 'Progressing', message: unseen },
  },
];

/** States of a TigeraStatus; kstatus knows no condition Available. */
export const componentStates: readonly Omit<State, 'kstatus'>[] = [
  ...judged.map(({ what, report, argo }) => ({
    what,
    object: {
      ...head('TigeraStatus', 'calico'),
      metadata: { name: 'calico', generation: 1 },
      status: componentStatus(report, generation, undefined, now),
    } as KubeObject,
    argo,
  })),
  {
    what: 'just made',
    object: head('TigeraStatus', 'calico'),
    argo: { status: 'Progressing', message: 'Waiting for conditions' },
  },
];

const optionalKinds = ['APIServer', 'Goldmane', 'Whisker'];

/** States of the kinds that have a status in some releases only, and of pools. */
export const otherStates: readonly Omit<State, 'kstatus'>[] = [
  ...optionalKinds.flatMap((kind): readonly Omit<State, 'kstatus'>[] => [
    {
      what: `${kind} of which nothing is told`,
      object: head(kind, 'default'),
      argo: { status: 'Healthy', message: 'Nothing is told about it' },
    },
    ...[fine, ...judged.filter(({ report }) => report.waiting.length > 0).slice(0, 1)].map(
      ({ what, report, argo }) => ({
        what: `${kind}: ${what}`,
        object: { ...head(kind, 'default'), status: statusOf(report) } as KubeObject,
        argo,
      }),
    ),
    {
      what: `${kind}: refused`,
      object: {
        ...head(kind, 'default'),
        status: statusOf({ ...emptyReport, refusals: [refusal('ImageSetError')] }),
      } as KubeObject,
      argo: { status: 'Degraded', message: describeRefusal(refusal('ImageSetError')) },
    },
    {
      what: `${kind}: of the spec before`,
      object: { ...head(kind, 'default'), status: statusOf(emptyReport, generation - 1) } as KubeObject,
      argo: { status: 'Progressing', message: unseen },
    },
  ]),
  ...([false, true] as const).map(
    (disabled): Omit<State, 'kstatus'> => ({
      what: disabled ? 'a disabled pool' : 'a pool',
      object: {
        apiVersion: 'crd.projectcalico.org/v1',
        kind: 'IPPool',
        metadata: { name: 'pool' },
        spec: { cidr: '10.0.0.0/16', disabled },
      } as KubeObject,
      argo: {
        status: 'Healthy',
        message: disabled
          ? 'Disabled: gives out no further addresses, those in use stay'
          : 'Gives out addresses of 10.0.0.0/16',
      },
    }),
  ),
];
