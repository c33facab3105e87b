/** The record that leader election competes for, and the rules of client-go on it, without I/O. */

/** What a Lease says. Times are people's times: no decision is taken on them, as clocks differ. */
export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** RFC 3339 with microseconds. */
  readonly acquireTime: string;
  readonly renewTime: string;
  /** How many times the holder changed. */
  readonly transitions: number;
}

/** A record as stored. `version` is the optimistic lock: a write that carries an old one is refused. */
export interface StoredLease {
  readonly record: LeaseRecord;
  readonly version: string;
}

/** Where the record is kept. Every method rejects on failure, `create` and `replace` also when somebody was faster. */
export interface LeaseClient {
  /** Nothing when there is no such Lease. */
  get(signal: AbortSignal): Promise<StoredLease | undefined>;
  create(record: LeaseRecord, signal: AbortSignal): Promise<StoredLease>;
  replace(version: string, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease>;
}

/** Durations of leader election, in milliseconds. */
export interface LeaseTimes {
  /** How long others wait, from their last sight of a change, before they take a lease that is not renewed. */
  readonly lease: number;
  /** How long the leader goes on without a successful renewal. Shorter than `lease`; the difference is the safety margin. */
  readonly renewDeadline: number;
  /** The leader renews this often; the others look at least this often. */
  readonly retryPeriod: number;
}

/** The defaults of client-go. */
export const defaultLeaseTimes: LeaseTimes = { lease: 15_000, renewDeadline: 10_000, retryPeriod: 2_000 };

/** Spread of the standby's looks, so that many of them don't fall together: the jitter factor of client-go. */
const jitterFactor = 1.2;

/** A delay in (retryPeriod / 2.2, retryPeriod], by `random` in [0, 1). */
export function standbyDelay(times: LeaseTimes, random: number): number {
  return (times.retryPeriod / (1 + jitterFactor)) * (1 + jitterFactor * random);
}

/** A record as this process saw it, with the local monotonic time at which it first saw it so. */
export interface Observation {
  readonly stored: StoredLease;
  readonly since: number;
}

/** Takes in a reading: the time of the first sight stays as long as the record does. */
export function observe(previous: Observation | undefined, stored: StoredLease, now: number): Observation {
  return previous?.stored.version === stored.version ? previous : { stored, since: now };
}

/** Milliseconds until the observed lease may be taken by `identity`: 0 when it is free, ours, or run out. */
export function remaining(observation: Observation, identity: string, now: number): number {
  const { holder, durationSeconds } = observation.stored.record;
  if (holder === '' || holder === identity) return 0;
  return Math.max(0, observation.since + durationSeconds * 1_000 - now);
}

/** The record of a new leader. */
export function acquiredRecord(
  previous: LeaseRecord | undefined,
  identity: string,
  times: LeaseTimes,
  now: number,
): LeaseRecord {
  const time = microTime(now);
  const same = previous?.holder === identity;
  return {
    holder: identity,
    durationSeconds: Math.ceil(times.lease / 1_000),
    acquireTime: same ? previous.acquireTime : time,
    renewTime: time,
    transitions: previous === undefined ? 0 : previous.transitions + (same ? 0 : 1),
  };
}

/** The record that a leaving leader leaves: nobody's, to be taken at once. */
export function releasedRecord(previous: LeaseRecord, now: number): LeaseRecord {
  return { ...previous, holder: '', durationSeconds: 1, renewTime: microTime(now) };
}

/** A time as Leases carry it (`MicroTime`). */
export function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
