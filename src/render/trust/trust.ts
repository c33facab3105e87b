import {
  formerAuthorityFields,
  formerAuthoritySecretName,
  type KeyPair,
  signerLabel,
  signerLabelValue,
} from '../../api/key-pair.ts';
import type { ConfigMap, Secret } from '../../api/kubernetes.ts';
import { requesterRole } from '../shared/certificate-request.ts';
import { objectMeta } from '../shared/metadata.ts';
import { calicoNamespace, names } from '../shared/names.ts';
import { clusterRole, clusterRoleBinding, configMap, owned } from '../shared/objects.ts';
import { certificateHashKey, trustBundleHashes } from '../shared/trust.ts';
import type { DesiredObject, RenderInput } from '../types.ts';

const prefix = 'certificates.operator.tigera.io';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

/** Whole seconds, as other tools that read the annotation expect. */
const wholeSeconds = (time: string) => time.replace(/\.\d+(?=Z|[+-])/, '');

function keyPairSecret(input: RenderInput, pair: KeyPair, namespace: string): Secret {
  const { issuer, dnsNames, ipAddresses = [] } = pair;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: objectMeta(input, pair.secretName, {
      namespace,
      labels: { [signerLabel]: signerLabelValue(issuer) },
      annotations: {
        ...(dnsNames.length === 0 ? {} : { [`${prefix}/dns-names`]: dnsNames.join(',') }),
        [`${prefix}/expiry`]: wholeSeconds(pair.notAfter),
        ...(ipAddresses.length === 0 ? {} : { [`${prefix}/ip-sans`]: ipAddresses.join(',') }),
        [`${prefix}/issuer`]: issuer,
        [`${prefix}/signer`]: issuer,
        [certificateHashKey(input, pair.secretName)]: pair.hash,
      },
    }),
    type: 'Opaque',
    data: {
      ...pair.furtherData,
      'tls.crt': base64(pair.certificate),
      'tls.key': base64(pair.privateKey),
    },
  };
}

function trustBundle(input: RenderInput): ConfigMap {
  const { trustBundle: authorities, systemRoots } = input.certificates;
  return configMap(
    input,
    names.trustBundle,
    {
      ...(systemRoots === '' ? {} : { 'ca-bundle.crt': systemRoots }),
      'ca.crt': authorities,
      'tigera-ca-bundle.crt': authorities,
    },
    { annotations: trustBundleHashes(input) },
  );
}

/** Pods of these accounts request their own certificates. */
function requesters(input: RenderInput): readonly DesiredObject[] {
  const { requests = {}, change } = input.certificates;
  if (Object.keys(requests).length === 0 && change?.mayRequest !== true) return [];
  const rule = {
    apiGroups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests'],
    verbs: ['create', 'watch', 'delete'],
  };
  return [
    clusterRole(input, requesterRole, [rule]),
    ...[names.node, names.typha, names.kubeControllers].map((account) =>
      clusterRoleBinding(input, `${account}:csr-creator`, { role: requesterRole, accounts: [account] }),
    ),
  ].map((object) => owned('identity', object, { teardown: 'last' }));
}

/** What a change of authority has to remember: the authorities that are still trusted, and since when the new one is. */
function formerAuthorities(input: RenderInput): readonly Secret[] {
  const { change } = input.certificates;
  if (change === undefined) return [];
  const { former, authority, since, mayRequest } = formerAuthorityFields;
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: objectMeta(input, formerAuthoritySecretName, { namespace: input.operator.namespace }),
      type: 'Opaque',
      data: {
        [former]: base64(change.former),
        [authority]: base64(change.authority),
        [since]: base64(change.since),
        [mayRequest]: base64(String(change.mayRequest)),
      },
    },
  ];
}

/**
 * The trust bundle, and every pair as Secret beside its user and in the operator's namespace, where it is read back from.
 * A user's own Secret there is never written, and pairs that pods request have none once all of them do. All of it goes late on deletion:
 * calico-node cannot run without.
 */
export function renderTrust(input: RenderInput): readonly DesiredObject[] {
  const { authority, pairs, change } = input.certificates;
  const own = change?.ownAuthority;
  const present = Object.keys(pairs)
    .sort()
    .flatMap((name) => pairs[name] ?? []);
  const kept = [authority, ...(own === undefined ? [] : [own]), ...present].filter(
    (pair) => !pair.userProvided,
  );
  return [
    ...requesters(input),
    ...[
      ...kept.map((pair) => keyPairSecret(input, pair, input.operator.namespace)),
      ...formerAuthorities(input),
      trustBundle(input),
      ...present.map((pair) => keyPairSecret(input, pair, calicoNamespace)),
    ].map((object) => owned('configuration', object, { teardown: 'last' })),
  ];
}
