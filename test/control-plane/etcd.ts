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
// Events and leases of the API server itself expire: they are bound to a moment, not to a state of the cluster.
const passing = ['/registry/events/', '/registry/masterleases/'];
const operationsPerTransaction = 500;
const bytesPerTransaction = 8_000_000;

/** Everything that the API server has stored, at one revision. */
export async function readStore(url: string): Promise<readonly Entry[]> {
  const answer = (await post(url, 'range', { key: prefix, range_end: prefixEnd })) as { kvs?: Entry[] };
  return (answer.kvs ?? []).map(({ key, value }) => ({ key, value }));
}

/** The change from one state to another. Entries that are equal are not touched; passing ones are not brought back. */
export function diffStores(from: readonly Entry[], to: readonly Entry[]): StoreChange {
  const wanted = new Map(to.filter(({ key }) => !isPassing(key)).map(({ key, value }) => [key, value]));
  const current = new Map(from.map(({ key, value }) => [key, value]));
  return {
    put: [...wanted]
      .filter(([key, value]) => current.get(key) !== value)
      .map(([key, value]) => ({ key, value })),
    delete: [...current.keys()].filter((key) => !wanted.has(key)),
  };
}

/** Makes the change, in as few transactions as the store takes. */
export async function changeStore(url: string, change: StoreChange): Promise<void> {
  const operations = [
    ...change.delete.map((key) => ({ request_delete_range: { key } })),
    ...change.put.map((entry) => ({ request_put: entry })),
  ];
  let batch: object[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await post(url, 'txn', { success: batch });
    batch = [];
    bytes = 0;
  };
  for (const operation of operations) {
    batch.push(operation);
    bytes += 'request_put' in operation ? operation.request_put.value.length : 0;
    if (batch.length >= operationsPerTransaction || bytes >= bytesPerTransaction) await flush();
  }
  await flush();
}

function isPassing(key: string): boolean {
  const path = Buffer.from(key, 'base64').toString('utf8');
  return passing.some((start) => path.startsWith(start));
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
