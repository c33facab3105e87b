/** Removes secrets from what is logged: by the name of a field, by the kind of an object, and by the look of a text. */

const hidden = '[redacted]';

/** Names of fields whose values are secret wherever they stand, in lower case without separators. */
const secretNames = new Set([
  'authorization',
  'bearertoken',
  'clientkeydata',
  'clientsecret',
  'cookie',
  'dockercfg',
  'dockerconfigjson',
  'idtoken',
  'password',
  'passwd',
  'privatekey',
  'proxyauthorization',
  'refreshtoken',
  'secretaccesskey',
  'setcookie',
  'tlskey',
  'token',
]);

/** Texts that are secret wherever they stand. Each keeps enough for a reader to know what was there. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  // PEM, whole or cut off, also with its line ends escaped. The header alone is no secret, but marks what follows.
  [
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
    '[redacted private key]',
  ],
  // JSON Web Tokens, as ServiceAccounts have them.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, '[redacted token]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 [redacted]'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/gi, '$1[redacted]@'],
  [
    /\b(password|passwd|client-key-data|client-secret|private[_-]?key|token)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&}]+)/gi,
    '$1$2[redacted]',
  ],
];

/** Base64 of something that begins with `-----BEGIN `: how PEM stands in Secrets and kubeconfigs. */
const base64Pem = /LS0tLS1CRUdJTi[A-Za-z0-9+/]+={0,2}/g;

const deepest = 8;
const longestList = 50;

/** A text without the secrets that are recognised by their look. */
export function redactText(text: string): string {
  let redacted = text.replace(base64Pem, (encoded) =>
    isPrivateKey(Buffer.from(encoded, 'base64').toString('latin1')) ? '[redacted private key]' : encoded,
  );
  for (const [pattern, replacement] of secretTexts) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

function isPrivateKey(text: string): boolean {
  return /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text);
}

/** A value as plain data without secrets, bounded in depth and length. The value itself is not changed. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]';
  if (depth >= deepest) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return redactList(value, depth);
  if (value instanceof Map) return redact(Object.fromEntries(value as Map<string, unknown>), depth);
  if (value instanceof Set) return redactList([...(value as Set<unknown>)], depth);
  return redactRecord(value as Readonly<Record<string, unknown>>, depth);
}

function redactList(list: readonly unknown[], depth: number): unknown {
  const shown = list.slice(0, longestList).map((item) => redact(item, depth + 1));
  return list.length > longestList ? [...shown, `… ${list.length - longestList} more`] : shown;
}

function redactRecord(record: Readonly<Record<string, unknown>>, depth: number): unknown {
  const ofSecret = record.kind === 'Secret';
  const entries = Object.entries(record).map(([name, value]): [string, unknown] => {
    if (ofSecret && (name === 'data' || name === 'stringData')) return [name, hideValues(value)];
    // What `kubectl apply` keeps of an object contains all of it, a Secret's data too.
    if (name === 'kubectl.kubernetes.io/last-applied-configuration') return [name, hidden];
    // `{name: PASSWORD, value: …}`: an environment variable.
    if (name === 'value' && typeof record.name === 'string' && isSecretVariable(record.name))
      return [name, hidden];
    if (isSecretName(name) && value !== null && value !== undefined && value !== '') return [name, hidden];
    return [name, redact(value, depth + 1)];
  });
  return Object.fromEntries(entries);
}

function hideValues(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return hidden;
  return Object.fromEntries(Object.keys(data).map((key) => [key, hidden]));
}

function isSecretName(name: string): boolean {
  return secretNames.has(name.toLowerCase().replace(/[^a-z]/g, ''));
}

function isSecretVariable(name: string): boolean {
  return /(^|_)(PASSWORD|PASSWD|TOKEN|SECRET|PRIVATE_KEY|CREDENTIALS?)$/i.test(name);
}

function redactError(error: Error, depth: number): unknown {
  const { name, message, stack, cause, ...rest } = error as Error & Readonly<Record<string, unknown>>;
  // Frames only: the first lines repeat the message, which may have several lines.
  const frames = stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8);
  return {
    ...(redactRecord(rest, depth) as object),
    name: error.name || name,
    message: redactText(message),
    ...(frames === undefined ? {} : { stack: redactText(frames.map((line) => line.trim()).join('\n')) }),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  };
}
