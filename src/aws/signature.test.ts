import { expect, test } from '@jest/globals';
import { signedHeaders } from './signature.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const scope = { region: 'us-east-1', service: 'service' };
const time = Date.parse('2015-08-30T12:36:00Z');
const token =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

// Names and signatures of the test suite that AWS publishes for this algorithm (awslabs/aws-c-auth, aws-sig-v4-test-suite).
test.each([
  ['get-vanilla', 'GET', '/', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '/', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    {},
    '',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-header-value-trim',
    'GET',
    '/',
    { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' },
    '',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    form,
    'Param1=value1',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
])('is that of the published example %s', (_name, method, path, headers, body, signature) => {
  const url = new URL(path, 'https://example.amazonaws.com');
  const { authorization } = signedHeaders({ method, url, headers, body }, credentials, scope, time);
  expect(authorization?.split('Signature=')[1]).toBe(signature);
});

test('names the key, the scope and every header, and sends what it has signed', () => {
  const request = { method: 'POST', url: new URL('https://example.amazonaws.com/'), headers: form, body: '' };
  expect(signedHeaders(request, { ...credentials, sessionToken: token }, scope, time)).toEqual({
    ...form,
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    'x-amz-security-token': token,
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/service\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    ) as unknown,
  });
});

test('a token is signed as the published example post-sts-header-before says', () => {
  const request = { method: 'POST', url: new URL('https://example.amazonaws.com/'), headers: {}, body: '' };
  const { authorization } = signedHeaders(request, { ...credentials, sessionToken: token }, scope, time);
  expect(authorization?.split('Signature=')[1]).toBe(
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  );
});
