import { describe, expect, test } from '@jest/globals';
import {
  type ObservedRequest,
  requestCauses,
  type RequestFacts,
  requestFacts,
} from './certificate-requests.ts';

type Conditions = NonNullable<NonNullable<ObservedRequest['status']>['conditions']>;

const request = (conditions: Conditions = [], certificate?: string): ObservedRequest => ({
  metadata: { name: 'node-certs:calico-node-1' },
  spec: {
    signerName: 'example.com/calico',
    username: 'system:serviceaccount:calico-system:calico-node',
    extra: { 'authentication.kubernetes.io/pod-name': ['calico-node-1'] },
  },
  status: { conditions, ...(certificate === undefined ? {} : { certificate }) },
});

describe('a request', () => {
  test.each<[string, ObservedRequest, RequestFacts['state']]>([
    ['without status', { metadata: { name: 'a' } }, 'pending'],
    ['without conditions', request(), 'pending'],
    ['undecided', request([{ type: 'Approved', status: 'Unknown' }]), 'pending'],
    ['approved', request([{ type: 'Approved', status: 'True' }]), 'approved'],
    [
      'approved, of which something is undecided',
      request([{ type: 'Approved' }, { type: 'Other', status: 'Unknown' }]),
      'pending',
    ],
    ['approved, with an empty certificate', request([{ type: 'Approved' }], ''), 'approved'],
    ['signed', request([{ type: 'Approved', status: 'True' }], 'TUlJ'), 'issued'],
    ['denied', request([{ type: 'Denied', status: 'True' }]), 'denied'],
    ['approved, then failed', request([{ type: 'Approved' }, { type: 'Failed', status: 'True' }]), 'failed'],
  ])('%s', (_title, observed, state) => {
    expect(requestFacts(observed).state).toBe(state);
  });

  test('is known with its pod, signer and what was said to it, the request itself is not kept', () => {
    const denied = request([{ type: 'Denied', status: 'True', reason: 'Policy', message: 'not\n  today' }]);
    expect(
      requestFacts({
        ...denied,
        spec: { ...denied.spec, request: 'TUlJ' } as ObservedRequest['spec'] & object,
      }),
    ).toEqual({
      name: 'node-certs:calico-node-1',
      signerName: 'example.com/calico',
      pod: 'calico-system/calico-node-1',
      state: 'denied',
      explanation: 'Policy: not today',
    });
  });
});

describe('the status', () => {
  const facts = (
    name: string,
    state: RequestFacts['state'],
    more: Partial<RequestFacts> = {},
  ): RequestFacts => ({
    name,
    signerName: 'example.com/calico',
    state,
    ...more,
  });

  test('names what waits, the signer, and what to run', () => {
    expect(
      requestCauses([facts('b', 'pending'), facts('a', 'pending'), facts('c', 'issued')], new Set()),
    ).toEqual({
      waiting: [
        {
          reason: 'CertificatePending',
          message:
            'CertificateSigningRequest a, b: waits for approval by signer example.com/calico. ' +
            'If nothing approves for it, look at the request and run: kubectl certificate approve a b',
        },
      ],
      problems: [],
    });
  });

  test('of many names a few', () => {
    const many = ['e', 'd', 'c', 'b', 'a'].map((name) => facts(name, 'pending'));
    const [cause] = requestCauses(many, new Set()).waiting;
    expect(cause?.message).toMatch(/^CertificateSigningRequest a, b, c and others: /);
    expect(cause?.message).toContain(
      'kubectl certificate approve $(kubectl get csr -l k8s-app=calico-system',
    );
  });

  test('tells apart who approves and who signs', () => {
    const [cause] = requestCauses([facts('a', 'approved')], new Set()).waiting;
    expect(cause?.message).toBe(
      'CertificateSigningRequest a: is approved, and signer example.com/calico has not issued the certificate. ' +
        'See whether the program that signs for it runs',
    );
  });

  test('says what was turned down, and why', () => {
    const { waiting, problems } = requestCauses(
      [facts('a', 'denied', { explanation: 'Policy: no' }), facts('b', 'failed')],
      new Set(),
    );
    expect(waiting).toEqual([]);
    expect(problems).toEqual([
      {
        reason: 'CertificateRequestDenied',
        message:
          'CertificateSigningRequest a: was denied for signer example.com/calico (Policy: no). Remove the cause; the pod asks again by itself',
      },
      {
        reason: 'CertificateRequestDenied',
        message:
          'CertificateSigningRequest b: failed at signer example.com/calico. Remove the cause; the pod asks again by itself',
      },
    ]);
  });

  test('leaves out what pods asked that are gone', () => {
    const requests = [
      facts('a', 'pending', { pod: 'calico-system/x' }),
      facts('b', 'denied', { pod: 'calico-system/y' }),
    ];
    expect(requestCauses(requests, new Set())).toEqual({ waiting: [], problems: [] });
    const { waiting, problems } = requestCauses(requests, new Set(['calico-system/x', 'calico-system/y']));
    expect([waiting.length, problems.length]).toEqual([1, 1]);
  });
});
