import { type KeyPair, signerLabel, signerLabelValue } from '../../api/key-pair.ts';
import type { ConfigMap, Secret } from '../../api/kubernetes.ts';
import { objectMeta } from '../shared/metadata.ts';
import { calicoNamespace, names } from '../shared/names.ts';
import { configMap, owned } from '../shared/objects.ts';
import { certificateHashKey, trustBundleHashes } from '../shared/trust.ts';
import type { DesiredObject, RenderInput } from '../types.ts';

const prefix = 'certificates.operator.tigera.io';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

/** Whole seconds, as other tools that read the annotation expect. */
const wholeSeconds = (time: string) => time.replace(/\.\d+(?=Z|[+-])/, '');

function keyPairSecret(input: RenderInput, pair: KeyPair, namespace: string): Secret {
  const { issuer, dnsNames } = pair;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: objectMeta(input, pair.secretName, {
      namespace,
      labels: { [signerLabel]: signerLabelValue(issuer) },
      annotations: {
        ...(dnsNames.length === 0 ? {} : { [`${prefix}/dns-names`]: dnsNames.join(',') }),
        [`${prefix}/expiry`]: wholeSeconds(pair.notAfter),
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

/**
 * The trust bundle, and every pair as Secret beside its user and in the operator's namespace, where it is read back from.
 * A user's own Secret there is never written. All of it goes late on deletion: calico-node cannot run without.
 */
export function renderTrust(input: RenderInput): readonly DesiredObject[] {
  const { authority, pairs } = input.certificates;
  const { namespace } = input.operator;
  const sorted = Object.keys(pairs)
    .sort()
    .flatMap((name) => pairs[name] ?? []);
  const kept = [authority, ...sorted].filter((pair) => !pair.userProvided);
  return [
    ...kept.map((pair) => keyPairSecret(input, pair, namespace)),
    trustBundle(input),
    ...sorted.map((pair) => keyPairSecret(input, pair, calicoNamespace)),
  ].map((object) => owned('configuration', object, { teardown: 'last' }));
}
