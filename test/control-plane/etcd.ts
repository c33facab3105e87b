/** One key of the store; key and value as base64, which is how the store's JSON gateway speaks. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** What turns one state of the store into another. */
export interface StoreChange {
  readonly put: readonly Entry[];
  readonly delete: readonly string[];
}

// All that the API server stores is below one prefix; the range ends before the prefix with its last byte increased.
const prefix = toBase64('/registry/');
const prefixEnd = toBase64('/registry0');
// These expire: they are bound to a moment, not to a state of the cluster. The next KWOK would wait for the end of nodes'
// leases that the former one held.
const passing = ['/registry/events/', '/registry/masterleases/', '/registry/leases/kube-node-lease/'];
// Changes of these share a revision: there may be thousands, and nobody minds to miss one.
const bulk = ['/registry/events/', '/registry/masterleases/'];
// Fewer than the store takes (`--max-txn-ops`).
const operationsPerTransaction = 500;

/** Everything that the API server has stored, at one revision. */
export async function readStore(url: string): Promise<readonly Entry[]> {
  const answer = (await post(url, 'range', { key: prefix, range_end: prefixEnd })) as { kvs?: Entry[] };
  return (answer.kvs ?? []).map(({ key, value }) => ({ key, value }));
}

/** The change from one state to another. Entries that are equal are not touched; passing ones are not brought back. */
export function diffStores(from: readonly Entry[], to: readonly Entry[]): StoreChange {
  const wanted = new Map(
    to.filter(({ key }) => !isBelow(passing, key)).map(({ key, value }) => [key, value]),
  );
  const current = new Map(from.map(({ key, value }) => [key, value]));
  return {
    put: [...wanted]
      .filter(([key, value]) => current.get(key) !== value)
      .map(([key, value]) => ({ key, value })),
    delete: [...current.keys()].filter((key) => !wanted.has(key)),
  };
}

/**
 * Makes the change. No transaction has two operations on one resource: whoever watches it could not tell where to go on
 * between changes of one revision, and would miss the others when its watch breaks there.
 */
export async function changeStore(url: string, change: StoreChange): Promise<void> {
  for (const operations of transactionsOf(change)) await post(url, 'txn', { success: operations });
}

/** The operations of a change in their order by resource, as transactions. */
export function transactionsOf(change: StoreChange): readonly (readonly object[])[] {
  const operations = [
    ...change.delete.map((key) => ({ key, operation: { request_delete_range: { key } } })),
    ...change.put.map((entry) => ({ key: entry.key, operation: { request_put: entry } })),
  ];
  const transactions: object[][] = [];
  const next = new Map<string, number>();
  for (const { key, operation } of operations) {
    const resource = resourceOf(key);
    const index = isBelow(bulk, key) ? 0 : (next.get(resource) ?? 0);
    next.set(resource, index + 1);
    (transactions[index] ??= []).push(operation);
  }
  return transactions.flatMap((transaction) =>
    Array.from({ length: Math.ceil(transaction.length / operationsPerTransaction) }, (_, part) =>
      transaction.slice(part * operationsPerTransaction, (part + 1) * operationsPerTransaction),
    ),
  );
}

/** The part of a key that names its resource: `/registry/RESOURCE/…`, or `/registry/GROUP/RESOURCE/…`. */
function resourceOf(key: string): string {
  const [group = '', resource = ''] = Buffer.from(key, 'base64').toString('utf8').split('/').slice(2);
  return group.includes('.') ? `${group}/${resource}` : group;
}

function isBelow(prefixes: readonly string[], key: string): boolean {
  const path = Buffer.from(key, 'base64').toString('utf8');
  return prefixes.some((start) => path.startsWith(start));
}

async function post(url: string, method: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/v3/kv/${method}`, { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`etcd refused ${method}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
