/** Which failed requests are sent again without asking the caller, and when. Pure. */
import { StatusError, TransportError } from './errors.ts';
import type { KubeRequest } from './request.ts';

const maxThrottled = 5;
const maxBroken = 3;
const maxWait = 30_000;

/**
 * Milliseconds to wait before try number `tries + 1`, or undefined when the caller is to hear of the failure.
 * The server asked for patience (429, or a 5xx with `Retry-After`): the request was not carried out, so any may be repeated.
 * The connection broke: it may have been, so only what is idempotent is. `random` is in [0, 1).
 */
export function retryDelay(
  request: KubeRequest,
  error: unknown,
  tries: number,
  random: number,
): number | undefined {
  if (error instanceof StatusError) {
    const patience = error.code === 429 || (error.code >= 500 && error.retryAfter !== undefined);
    if (!patience || tries >= maxThrottled) return undefined;
    // A little more than asked, so that those who were sent away together do not come back together.
    return Math.min(error.retryAfter ?? 1000, maxWait) * (1 + 0.2 * random);
  }
  if (
    error instanceof TransportError &&
    error.failure === 'reset' &&
    request.idempotent &&
    tries < maxBroken
  ) {
    return 100 * 2 ** tries * random;
  }
  return undefined;
}
