/** Health checks and their text, in the form that Kubernetes components answer with. */

/** Answers with the problem, or nothing when all is well. A rejection or throw is a problem too. */
export type HealthCheck = () => string | undefined | Promise<string | undefined>;

/** Checks by name; the order is that of the answer. */
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

/** The answer to a probe. */
export interface ProbeAnswer {
  readonly healthy: boolean;
  /** One line a check, for `?verbose` and for failures. */
  readonly text: string;
}

/** A check that takes longer counts as failed, so that a probe is always answered before the kubelet gives up (1 s). */
const checkTimeout = 800;

/** Runs every check of a probe such as `healthz`. */
export async function probe(
  name: string,
  checks: HealthChecks,
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>,
): Promise<ProbeAnswer> {
  const problems = await Promise.all(
    Object.entries(checks).map(async ([check, run]) => ({ check, problem: await runCheck(run, sleep) })),
  );
  const lines = problems.map(({ check, problem }) =>
    problem === undefined ? `[+]${check} ok` : `[-]${check} failed: ${problem}`,
  );
  const healthy = problems.every(({ problem }) => problem === undefined);
  return { healthy, text: [...lines, `${name} check ${healthy ? 'passed' : 'failed'}`, ''].join('\n') };
}

async function runCheck(
  run: HealthCheck,
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>,
): Promise<string | undefined> {
  const answered = new AbortController();
  const late = sleep(checkTimeout, answered.signal).then(() => `no answer within ${checkTimeout} ms`);
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    answered.abort();
  }
}
