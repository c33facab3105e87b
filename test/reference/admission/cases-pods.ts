/** What is said to the parts of pods that overrides may change. */
import { bad, type Case, good, type Json } from './case.ts';

const pod = (spec: Json): Json => ({ typhaDeployment: { spec: { template: { spec } } } });
const nodePod = (spec: Json): Json => ({ calicoNodeDaemonSet: { spec: { template: { spec } } } });
const resources = (amounts: Json): Json =>
  pod({ containers: [{ name: 'calico-typha', resources: amounts }] });
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const nodeTerm = (term: Json): Json =>
  pod({ affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [term] } } } });
const podTerm = (term: Json): Json =>
  pod({ affinity: { podAntiAffinity: { [required]: [{ topologyKey: 'zone', ...term }] } } });
const expression = (...parts: readonly [string, string, ...string[]]): Json => {
  const [key, operator, ...values] = parts;
  return { matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }] };
};
const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' };

export const resourceCases: readonly Case[] = [
  good(
    'resources',
    resources({
      requests: { cpu: '0.1', memory: '64Mi', 'example.com/gpu': 1, 'hugepages-2Mi': '4Mi' },
      limits: { cpu: 1, memory: '1e9', 'example.com/gpu': '1', 'hugepages-2Mi': '4096Ki' },
    }),
  ),
  bad('a negative amount', resources({ limits: { cpu: '-1' } }), 'limits.cpu'),
  bad('a resource that is none', resources({ limits: { cpus: '1' } }), 'example.com/NAME'),
  bad(
    'a quota for a resource',
    resources({ limits: { 'requests.example.com/gpu': '1' } }),
    'example.com/NAME',
  ),
  bad('a negative number', resources({ limits: { cpu: -1 } }), 'limits.cpu'),
  bad('claims', resources({ claims: [{ name: 'gpu' }] }), 'leave claims out'),
];

export const podCases: readonly Case[] = [
  good('labels and annotations', {
    typhaDeployment: {
      metadata: { labels: { 'example.com/team': 'net', x: '' }, annotations: { 'Example.com/Note': 'a b' } },
    },
  }),
  bad(
    'a label that is none',
    { typhaDeployment: { metadata: { labels: { 'a b': 'x' } } } },
    'labels',
    'write keys as',
  ),
  bad('a value that is none', { typhaDeployment: { metadata: { labels: { a: 'x y' } } } }, 'labels.a'),
  bad(
    'an annotation without name',
    { typhaDeployment: { metadata: { annotations: { 'a/': 'x' } } } },
    'write keys as',
  ),
  bad('a node label that is none', { controlPlaneNodeSelector: { 'a/b/c': 'x' } }, 'write keys as'),
  good('nodes by number', nodeTerm(expression('cores', 'Gt', '4'))),
  bad('nodes by two numbers', nodeTerm(expression('cores', 'Gt', '4', '5')), 'Gt and Lt take one'),
  bad('nodes by no value', nodeTerm(expression('zone', 'In')), 'need values'),
  bad('nodes by an operator that is none', nodeTerm(expression('zone', 'Like', 'a')), 'operator', 'NotIn'),
  bad(
    'nodes by another field',
    nodeTerm({ matchFields: [{ key: 'spec.x', operator: 'In', values: ['a'] }] }),
    'metadata.name',
  ),
  bad(
    'no term',
    pod({ affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [] } } } }),
    'nodeSelectorTerms',
  ),
  bad(
    'a weight',
    pod({ affinity: { nodeAffinity: { [preferred]: [{ weight: 101, preference: {} }] } } }),
    'weight',
    '100',
  ),
  good(
    'pods',
    podTerm({ labelSelector: expression('app', 'Exists'), matchLabelKeys: ['pod-template-hash'] }),
  ),
  bad('pods by a value too many', podTerm({ labelSelector: expression('app', 'Exists', 'a') }), 'take none'),
  bad('pods by number', podTerm({ labelSelector: expression('app', 'Gt', '1') }), 'operator', 'DoesNotExist'),
  bad(
    'pods by a label that is none',
    podTerm({ labelSelector: { matchLabels: { 'a b': 'x' } } }),
    'write keys as',
  ),
  bad('keys without selector', podTerm({ mismatchLabelKeys: ['app'] }), 'labelSelector: set that, too'),
  bad('a namespace', podTerm({ namespaces: ['Default'] }), 'namespaces[0]'),
  bad('a domain', podTerm({ topologyKey: 'a b' }), 'topologyKey'),
  bad(
    'spread by keys alone',
    pod({ topologySpreadConstraints: [{ ...spread, matchLabelKeys: ['a'] }] }),
    'labelSelector: set that, too',
  ),
  bad(
    'spread twice',
    pod({ topologySpreadConstraints: [spread, { ...spread, maxSkew: 2 }] }),
    'keep one of them',
  ),
  bad('a policy', pod({ topologySpreadConstraints: [{ ...spread, nodeTaintsPolicy: 'Never' }] }), 'Honor'),
  good(
    'DNS',
    nodePod({
      dnsConfig: { nameservers: ['fd00::53'], searches: ['example.com.'], options: [{ name: 'rotate' }] },
    }),
  ),
  bad(
    'a name for an address',
    nodePod({ dnsConfig: { nameservers: ['dns'] } }),
    'nameservers[0]',
    "'dns' is no IP address",
  ),
  bad('an address with a port', nodePod({ dnsConfig: { nameservers: ['192.0.2.53:53'] } }), 'no IP address'),
  bad('a search domain', nodePod({ dnsConfig: { searches: ['a b'] } }), 'searches[0]'),
  bad(
    'an option without name',
    nodePod({ dnsConfig: { options: [{ value: '1' }] } }),
    'options[0].name',
    'Required',
  ),
];
