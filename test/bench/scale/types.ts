/** What a span of time cost the operator. */
export interface Use {
  /** Requests that change something, but for status and Events. */
  readonly writes: number;
  readonly statusWrites: number;
  readonly reads: number;
  /** Delay of the event loop, milliseconds. */
  readonly loopP99: number;
  readonly loopMax: number;
  readonly residentMiB: number;
  readonly anonymousMiB: number;
  readonly peakMiB: number;
}

/** The same with its length, and processor time: seconds. */
export interface Cost extends Use {
  readonly seconds: number;
  readonly processor: number;
}

/** A restart. */
export interface Restart extends Use {
  readonly readyMilliseconds: number;
}

/** One size of the cluster. */
export interface Size {
  readonly nodes: number;
  readonly objects: number;
  readonly watches: number;
  /** From the size before, or from nothing, until everything runs and nothing is written any more. */
  readonly grown: Cost;
  readonly rest: Cost;
  /** A minute in which nodes report. */
  readonly busy: Cost;
  readonly restart: Restart;
}
