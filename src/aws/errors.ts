/** What a request to AWS can fail with. Messages never hold a key. */

/** AWS answered, and the answer is a failure. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** What was asked for, as `DescribeSecurityGroups`. */
  readonly action: string;
  /** As `UnauthorizedOperation`; empty when the answer has none. */
  readonly code: string;
  /** HTTP status code. */
  readonly status: number;

  constructor(
    message: string,
    facts: { readonly action: string; readonly code: string; readonly status: number },
  ) {
    super(message);
    this.action = facts.action;
    this.code = facts.code;
    this.status = facts.status;
  }
}

/** AWS gave no usable answer. */
export class AwsUnreachableError extends Error {
  override readonly name = 'AwsUnreachableError';
  /** Of the address that was called. */
  readonly host: string;

  constructor(host: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`no answer of ${host}: ${reason}`, { cause });
    this.host = host;
  }
}

const throttles: ReadonlySet<string> = new Set([
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'EC2ThrottledException',
  'SlowDown',
  'BandwidthLimitExceeded',
]);

/** It comes right by itself: AWS is busy, out of order, or out of reach. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AwsUnreachableError) return true;
  return (
    error instanceof AwsError && (throttles.has(error.code) || error.status >= 500 || error.status === 429)
  );
}

/** The rule is there already. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof AwsError && error.code === 'InvalidPermission.Duplicate';
}

const denials: ReadonlySet<string> = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AccessDeniedException',
  'Client.UnauthorizedOperation',
]);

const badKeys: ReadonlySet<string> = new Set([
  'AuthFailure',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

/**
 * What a person can do about it, in a sentence without its full stop; undefined where there is nothing particular.
 * @param source where the keys come from, as `Secret kube-system/aws-creds`
 */
export function awsRemedy(error: unknown, source: string): string | undefined {
  if (error instanceof AwsUnreachableError) {
    return `Let the machines reach ${error.host} by HTTPS, through spec.proxy of the Installation if need be`;
  }
  if (!(error instanceof AwsError)) return undefined;
  const { action, code } = error;
  if (denials.has(code)) return `Allow ec2:${action} to the user whose keys are in ${source}`;
  if (badKeys.has(code))
    return `Put valid keys into ${source}, and see that the clocks of the machines are right`;
  if (code === 'RequestExpired') return 'Set the clocks of the machines right';
  if (code === 'OptInRequired') return `Use keys in ${source} of an account that may use EC2 in this region`;
  if (code === 'RulesPerSecurityGroupLimitExceeded') {
    return 'Remove rules that are not needed, or have the quota of inbound rules of a security group raised';
  }
  return undefined;
}
