/** What the API server asks of pods beyond their shape, as far as users' settings can touch it. */
import type { Affinity, Container, PodSpec, Toleration } from '../../../src/api/kubernetes.ts';
import { isLabelValue, isQualifiedName, labelMistakes } from './metadata-rules.ts';

type Mistakes = Generator<string>;

/** Mistakes of a pod spec. */
export function* podMistakes(spec: PodSpec, path: string): Mistakes {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const volumes = (spec.volumes ?? []).map(({ name }) => name);
  yield* repeated(volumes, `${path}.volumes`);
  yield* repeated(
    containers.map(({ name }) => name),
    `${path}.containers`,
  );
  for (const container of containers)
    yield* containerMistakes(container, volumes, `${path}[${container.name}]`);
  for (const { name, hostPath } of spec.volumes ?? []) {
    if (hostPath === undefined) continue;
    if (hostPath.path === '' || hostPath.path.split('/').includes('..'))
      yield `${path}.volumes[${name}]: path ${hostPath.path}`;
  }
  yield* labelMistakes(spec.nodeSelector, `${path}.nodeSelector`);
  for (const toleration of spec.tolerations ?? [])
    yield* tolerationMistakes(toleration, `${path}.tolerations`);
  yield* affinityMistakes(spec.affinity ?? {}, `${path}.affinity`);
  yield* spreadMistakes(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`);
  yield* dnsMistakes(spec, path);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) yield `${path}.terminationGracePeriodSeconds`;
}

function* repeated(names: readonly string[], path: string): Mistakes {
  for (const [index, name] of names.entries())
    if (names.indexOf(name) !== index) yield `${path}: ${name} twice`;
}

const reference =
  /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][-A-Za-z0-9.]*)(:[0-9]{1,5})?(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

function* containerMistakes(container: Container, volumes: readonly string[], path: string): Mistakes {
  const { image = '', env = [], volumeMounts = [], resources } = container;
  if (!reference.test(image)) yield `${path}.image: ${image}`;
  yield* repeated(
    env.map(({ name }) => name),
    `${path}.env`,
  );
  yield* repeated(
    volumeMounts.map(({ mountPath }) => mountPath),
    `${path}.volumeMounts`,
  );
  for (const { name, mountPath } of volumeMounts) {
    if (!volumes.includes(name)) yield `${path}.volumeMounts: there is no volume ${name}`;
    if (mountPath === '') yield `${path}.volumeMounts: path ${mountPath}`;
  }
  for (const { readOnly, recursiveReadOnly = 'Disabled', mountPropagation = 'None' } of volumeMounts) {
    if (recursiveReadOnly !== 'Disabled' && (readOnly !== true || mountPropagation !== 'None'))
      yield `${path}.volumeMounts: recursiveReadOnly ${recursiveReadOnly}, mountPropagation ${mountPropagation}`;
  }
  if ((resources?.claims ?? []).length > 0) yield `${path}.resources.claims: the pod has none`;
  const { limits = {}, requests = {} } = resources ?? {};
  for (const [name, amount] of [...Object.entries(limits), ...Object.entries(requests)]) {
    if (!/^[0-9.]+([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$/.test(amount))
      yield `${path}.resources: ${name} ${amount}`;
    if (!isQualifiedName(name)) yield `${path}.resources: ${name}`;
  }
}

function* tolerationMistakes(
  { key = '', operator = '', value = '', effect, tolerationSeconds }: Toleration,
  path: string,
): Mistakes {
  if (key !== '' && !isQualifiedName(key)) yield `${path}: key ${key}`;
  if (key === '' && operator !== 'Exists') yield `${path}: no key, operator ${operator}`;
  if (operator === 'Exists' ? value !== '' : !isLabelValue(value)) yield `${path}: value ${value}`;
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    yield `${path}: seconds with effect ${effect ?? ''}`;
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

function* expressionMistakes(
  expressions: readonly Expression[] = [],
  operators: readonly string[],
  path: string,
): Mistakes {
  for (const { key, operator, values = [] } of expressions) {
    const valued = operator === 'In' || operator === 'NotIn';
    const compared = operator === 'Gt' || operator === 'Lt';
    if (!operators.includes(operator)) yield `${path}: operator ${operator}`;
    if (!isQualifiedName(key)) yield `${path}: key ${key}`;
    if (valued ? values.length === 0 : compared ? values.length !== 1 : values.length > 0)
      yield `${path}: ${operator} with ${values.length} values`;
    if (!values.every(isLabelValue)) yield `${path}: values ${values.join()}`;
  }
}

const nodeOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];
const labelOperators = nodeOperators.slice(0, 4);

function* affinityMistakes({ nodeAffinity, podAffinity, podAntiAffinity }: Affinity, path: string): Mistakes {
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  if (required?.nodeSelectorTerms.length === 0) yield `${path}.nodeAffinity: no term`;
  for (const term of [
    ...(required?.nodeSelectorTerms ?? []),
    ...preferred.map(({ preference }) => preference),
  ]) {
    yield* expressionMistakes(term.matchExpressions, nodeOperators, `${path}.nodeAffinity`);
    for (const { key, operator, values = [] } of term.matchFields ?? []) {
      const fits = key === 'metadata.name' && ['In', 'NotIn'].includes(operator) && values.length === 1;
      if (!fits) yield `${path}.nodeAffinity.matchFields: ${key} ${operator} ${values.join()}`;
    }
  }
  const pods = [podAffinity, podAntiAffinity].flatMap((each) => (each === undefined ? [] : [each]));
  const weighted = pods.flatMap((each) => each.preferredDuringSchedulingIgnoredDuringExecution ?? []);
  for (const { weight } of [...preferred, ...weighted])
    if (weight < 1 || weight > 100) yield `${path}: weight ${weight}`;
  const terms = [
    ...pods.flatMap((each) => each.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...weighted.map(({ podAffinityTerm }) => podAffinityTerm),
  ];
  for (const term of terms) yield* podTermMistakes(term, path);
}

type PodTerm = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];

function* podTermMistakes(term: PodTerm, path: string): Mistakes {
  const {
    topologyKey,
    labelSelector,
    namespaceSelector,
    namespaces = [],
    matchLabelKeys = [],
    mismatchLabelKeys = [],
  } = term;
  if (!isQualifiedName(topologyKey)) yield `${path}: topologyKey ${topologyKey}`;
  for (const selector of [labelSelector, namespaceSelector]) {
    yield* labelMistakes(selector?.matchLabels, `${path}.matchLabels`);
    yield* expressionMistakes(selector?.matchExpressions, labelOperators, `${path}.matchExpressions`);
  }
  for (const name of namespaces)
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) yield `${path}: namespace ${name}`;
  yield* labelKeyMistakes([...matchLabelKeys, ...mismatchLabelKeys], labelSelector, path);
}

function* labelKeyMistakes(
  keys: readonly string[],
  selector: PodTerm['labelSelector'],
  path: string,
): Mistakes {
  if (keys.length > 0 && selector === undefined) yield `${path}: label keys without labelSelector`;
  for (const key of keys) if (!isQualifiedName(key)) yield `${path}: label key ${key}`;
  yield* repeated(keys, `${path}: label keys`);
}

function* spreadMistakes(
  constraints: NonNullable<PodSpec['topologySpreadConstraints']>,
  path: string,
): Mistakes {
  for (const each of constraints) {
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys = [] } = each;
    if (maxSkew < 1 || (minDomains ?? 1) < 1)
      yield `${path}: maxSkew ${maxSkew}, minDomains ${minDomains ?? ''}`;
    if (topologyKey === '') yield `${path}: no topologyKey`;
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule')
      yield `${path}: minDomains with ${whenUnsatisfiable}`;
    for (const policy of [each.nodeAffinityPolicy, each.nodeTaintsPolicy]) {
      if (policy !== undefined && !['Honor', 'Ignore'].includes(policy)) yield `${path}: policy ${policy}`;
    }
    yield* labelMistakes(labelSelector?.matchLabels, path);
    yield* expressionMistakes(labelSelector?.matchExpressions, labelOperators, path);
    yield* labelKeyMistakes(matchLabelKeys, labelSelector, path);
  }
  yield* repeated(
    constraints.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`),
    path,
  );
}

const domain = /^[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*$/;

function* dnsMistakes({ dnsPolicy, dnsConfig }: PodSpec, path: string): Mistakes {
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === 'None' && nameservers.length === 0) yield `${path}.dnsPolicy: None without nameservers`;
  if (nameservers.length > 3 || searches.length > 32) yield `${path}.dnsConfig: too many`;
  for (const address of nameservers)
    if (!/^[0-9a-fA-F.:]*[.:][0-9a-fA-F.:]*$/.test(address)) yield `${path}.dnsConfig: ${address}`;
  for (const name of searches) {
    if (name !== '.' && (name.length > 253 || !domain.test(name.replace(/\.$/, ''))))
      yield `${path}.dnsConfig.searches: ${name}`;
  }
  if (options.some(({ name = '' }) => name === '')) yield `${path}.dnsConfig.options: no name`;
}
