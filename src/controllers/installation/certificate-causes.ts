/** What certificates have to do with the status: requests that are open, and a change of authority under way. */
import type { CertificateSet } from '../../api/key-pair.ts';
import { reasons } from '../../api/conditions.ts';
import type { Clock } from '../../clock.ts';
import { requestCauses } from '../../status/certificate-requests.ts';
import type { Cause, ComponentReport } from '../../status/types.ts';
import type { Stores } from './stores.ts';

/** How long a watch that has just begun is waited for, and how often it is looked at, in milliseconds. */
const patience = { limit: 1000, interval: 20 } as const;

/**
 * Watches requests while pods make some. Waits until it is known which there are, so that the first status after a start
 * says the same as the last before.
 */
export async function followRequests(
  { requests = {} }: Pick<CertificateSet, 'requests'>,
  { stores, clock }: { readonly stores: Pick<Stores, 'certificateRequests'>; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const store = stores.certificateRequests;
  store.demand(Object.keys(requests).length > 0);
  for (let waited = 0; store.state === 'syncing' && waited < patience.limit; waited += patience.interval) {
    if (signal.aborted) return;
    await clock.sleep(patience.interval, signal);
  }
}

/** What is waited for, and what has failed. */
export function certificateCauses(
  { change }: Pick<CertificateSet, 'change'>,
  { certificateRequests, pods }: Pick<Stores, 'certificateRequests' | 'pods'>,
): Pick<ComponentReport, 'waiting' | 'problems'> {
  const changing = changeCauses(change);
  const requests = certificateRequests.list();
  if (requests.length === 0) return { waiting: changing, problems: [] };
  const present = new Set(pods.list().map(({ namespace, name }) => `${namespace}/${name}`));
  const { waiting, problems } = requestCauses(requests, present);
  return { waiting: [...waiting, ...changing], problems };
}

function changeCauses(change: CertificateSet['change']): readonly Cause[] {
  const say = (message: string): readonly Cause[] => [{ reason: reasons.AuthorityChanging, message }];
  if (change?.held.typha !== undefined) {
    return say(
      'Certificates change to another authority: Typha follows when every pod has had time to trust it',
    );
  }
  return change?.held.node === undefined
    ? []
    : say('Certificates change to another authority: calico-node follows when all of Typha has');
}
