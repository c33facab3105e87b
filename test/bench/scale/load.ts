/** What a large cluster does all day. */
import type { ApiClient } from '../../control-plane/api-client.ts';

interface HeartbeatOptions {
  readonly perMinute: number;
  readonly seconds: number;
}

/**
 * Reports the status of one node after the other, evenly spread, as kubelets do: only the time of the heartbeat moves.
 * Ends by itself; answers with the number of reports.
 */
export async function heartbeats(
  api: ApiClient,
  nodes: readonly string[],
  { perMinute, seconds }: HeartbeatOptions,
): Promise<number> {
  const total = Math.round((perMinute * seconds) / 60);
  const interval = (seconds * 1000) / total;
  const began = performance.now();
  const running = new Set<Promise<unknown>>();
  for (let count = 0; count < total; count++) {
    const early = began + count * interval - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const node = nodes[count % nodes.length] ?? '';
    const beat = report(api, node).finally(() => running.delete(beat));
    running.add(beat);
    if (running.size >= 32) await Promise.race(running);
  }
  await Promise.all(running);
  return total;
}

function report(api: ApiClient, node: string): Promise<unknown> {
  const conditions = [{ type: 'Ready', lastHeartbeatTime: new Date().toISOString() }];
  return api.request('PATCH', `/api/v1/nodes/${node}/status`, {
    json: { status: { conditions } },
    contentType: 'application/strategic-merge-patch+json',
  });
}
