/**
 * Signatures of requests to AWS, version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). Pure: the time
 * is handed in.
 */
import { createHash, createHmac } from 'node:crypto';

/** A key pair of AWS. None of it is ever shown. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Comes with temporary keys. */
  readonly sessionToken?: string;
}

/** What a signature is for. */
export interface SigningScope {
  /** As `eu-west-1`. */
  readonly region: string;
  /** As `ec2`. */
  readonly service: string;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** Absolute. Its path has to be in normal form already. */
  readonly url: URL;
  /** All that are sent and shall be signed; `host` is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * The headers to send: those given, `host`, the time, the token of temporary keys, and the signature over all of them.
 * @param time milliseconds since the epoch; AWS accepts some five minutes of difference
 */
export function signedHeaders(
  request: UnsignedRequest,
  credentials: AwsCredentials,
  { region, service }: SigningScope,
  time: number,
): Readonly<Record<string, string>> {
  const stamp = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
  const { sessionToken } = credentials;
  const headers: Readonly<Record<string, string>> = {
    ...request.headers,
    host: request.url.host,
    'x-amz-date': stamp,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const canonical = canonicalHeaders(headers);
  const names = canonical.map(([name]) => name).join(';');
  const canonicalRequest = [
    request.method,
    request.url.pathname,
    canonicalQuery(request.url.searchParams),
    ...canonical.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha256(request.body),
  ].join('\n');
  const scope = [stamp.slice(0, 8), region, service, 'aws4_request'];
  const toSign = [algorithm, stamp, scope.join('/'), sha256(canonicalRequest)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `${credentials.accessKeyId}/${scope.join('/')}`;
  return {
    ...headers,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([a], [b]) => byCode(a, b));
}

function canonicalQuery(parameters: URLSearchParams): string {
  return [...parameters]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort(byCode)
    .join('&');
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-encoding of everything but what RFC 3986 leaves unreserved. */
function encode(text: string): string {
  const escape = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escape);
}
