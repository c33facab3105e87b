/** `calico-operator render`: what would be installed, without a cluster. */
import type { KubeObject } from '../../api/kubernetes.ts';
import { unpackCrds } from '../../controllers/crds/bundled.ts';
import { type Console, exitCodes, refuseUsage } from '../console.ts';
import type { SourceObject } from '../documents.ts';
import { describeOptions, type OptionTable, type OptionValues, parseOptions } from '../options.ts';
import { defaultOperatorNamespace, filenameFlag, operatorNamespaceFlag } from '../flags.ts';
import { version } from '../version.ts';
import { admitObjects, loadSchemas } from './admission.ts';
import { readInputs, standardInput } from './inputs.ts';
import { locateRefusals } from './mistakes.ts';
import { type OperatorPlace, type Rendering, renderOffline } from './offline.ts';
import { formats, printObjects } from './print.ts';
import { printStandalone } from './standalone/print.ts';
import { renderStandalone } from './standalone/standalone.ts';

const options = {
  filename: filenameFlag,
  output: { kind: 'text', short: 'o', choices: formats, help: 'Default: yaml.' },
  standalone: {
    kind: 'boolean',
    help: 'One manifest that runs Calico without an operator, for kubectl apply: with the definitions of its resources, without\ncertificates and without Typha. It may be edited, and an operator can take it over.',
  },
  nodes: {
    kind: 'text',
    placeholder: 'NUMBER',
    help: 'How many Linux nodes there are, where the input has no Nodes: decides about Typha.',
  },
  'operator-namespace': operatorNamespaceFlag,
  'cluster-domain': {
    kind: 'text',
    placeholder: 'NAME',
    help: 'DNS domain of the cluster. Default: cluster.local.',
  },
} as const satisfies OptionTable;

const help = `Usage: calico-operator render -f FILE... [flags]

Prints every object that the operator would make for an Installation, as it stands once everything is rolled out. Needs
no cluster and writes nothing: the same input gives the same output, byte for byte.

The input has the Installation "default", and what else shall count, as YAML or JSON, in Lists too:
  Installation overlay, ImageSet, IPPool, FelixConfiguration, BGPConfiguration, KubeControllersConfiguration
  Nodes                     how many there are decides about Typha, their labels about the platform
  ConfigMaps and Secrets    of the operator's namespace, and kubeadm-config of kube-system
  Service kubernetes        of the namespace default, with its EndpointSlices, for bpfNetworkBootstrap
  DaemonSet kube-proxy      of kube-system, for kubeProxyManagement
Other objects are passed over, so that a whole dump may be given.

Values of Secrets are not shown, and certificates are not issued: "issued-in-the-cluster" stands in their place. Whether
a given certificate has expired is not judged.

With --standalone the output is for clusters without an operator: docs/standalone.md.

Mistakes are printed as FILE:LINE: object: field "value": problem. cure. Exit code: 0 rendered, 1 mistakes in the input,
2 wrong flags or files that cannot be read.

Flags:
${describeOptions(options)}

Examples:
  calico-operator render -f custom-resources.yaml
  calico-operator render -f custom-resources.yaml -f cluster/ -o json
  calico-operator render --standalone -f installation.yaml --nodes 20 > calico.yaml
  kubectl get installations,imagesets,ippools.crd.projectcalico.org,nodes -o yaml | calico-operator render -f -
`;

/** Runs `render`. Answers with the exit code. */
export async function runRender(args: readonly string[], console: Console): Promise<number> {
  const parsed = parseOptions(args, options, 'render');
  switch (parsed.kind) {
    case 'invalid':
      return refuseUsage(parsed.problems, 'render', console);
    case 'help':
      console.print(help);
      return exitCodes.done;
    case 'options': {
      const problems = usageProblems(parsed.values);
      return problems.length === 0
        ? renderFiles(parsed.values, console)
        : refuseUsage(problems, 'render', console);
    }
  }
}

function usageProblems({ filename, nodes }: OptionValues<typeof options>): readonly string[] {
  return [
    ...(filename.length === 0 ? ['no input: pass -f FILE, or -f - for standard input'] : []),
    ...(nodes === undefined || /^\d{1,5}$/.test(nodes)
      ? []
      : [`--nodes ${JSON.stringify(nodes)} is no number of nodes: write for example 20`]),
  ];
}

async function renderFiles(values: OptionValues<typeof options>, console: Console): Promise<number> {
  const inputs = await readInputs(values.filename, console.readInput);
  for (const line of [...inputs.unreadable, ...inputs.mistakes]) console.warn(line);
  if (inputs.unreadable.length > 0) return exitCodes.usage;
  if (inputs.mistakes.length > 0) return exitCodes.failed;
  return renderSources(inputs.sources, values, console);
}

async function renderSources(
  given: readonly SourceObject[],
  values: OptionValues<typeof options>,
  console: Console,
): Promise<number> {
  const operatorNamespace = values['operator-namespace'] ?? defaultOperatorNamespace;
  const { sources, refusals, warnings } = admitObjects(given, await loadSchemas(), operatorNamespace);
  const tell = (found: typeof refusals, prefix: string): void => {
    for (const line of locateRefusals(found, sources)) console.warn(`${prefix}${line}`);
  };
  tell(warnings, 'warning: ');
  if (refusals.length > 0) {
    tell(refusals, '');
    return exitCodes.failed;
  }
  const place: OperatorPlace = {
    operatorNamespace,
    clusterDomain: values['cluster-domain'] ?? 'cluster.local',
    serviceAccount: 'tigera-operator',
    version,
  };
  const objects = withNodes(
    sources.map(({ object }) => object),
    Number(values.nodes ?? 0),
  );
  const rendering = values.standalone
    ? renderStandalone(objects, place, await unpackCrds())
    : renderOffline(objects, place);
  if (rendering.kind === 'nothing asked for') {
    const files = values.filename.map((name) => (name === standardInput ? 'standard input' : name));
    console.warn(
      `${files.join(', ')}: no Installation named default among ${sources.length} objects. ` +
        'Add one: apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}.',
    );
    return exitCodes.failed;
  }
  tell(rendering.warnings, 'warning: ');
  if (rendering.kind === 'refused') {
    tell(rendering.refusals, '');
    return exitCodes.failed;
  }
  console.print(printed(rendering, values));
  return exitCodes.done;
}

function printed(
  { objects, resolved: { typha } }: Extract<Rendering, { readonly kind: 'rendered' }>,
  { standalone, output }: OptionValues<typeof options>,
): string {
  const format = output === 'json' ? 'json' : 'yaml';
  if (!standalone) return printObjects(objects, format);
  return printStandalone(objects, format, {
    version,
    ...(typha.mode === 'Never' ? {} : { nodeLimit: typha.switchOnAbove }),
  });
}

/** As many nodes as were said, where none is given. */
function withNodes(objects: readonly KubeObject[], count: number): readonly KubeObject[] {
  if (objects.some(({ kind }) => kind === 'Node')) return objects;
  const nodes = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index}`, labels: { 'kubernetes.io/os': 'linux' } },
  }));
  return [...objects, ...nodes];
}
