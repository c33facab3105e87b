/** `calico-operator diff`: what the operator would change in a cluster, and what that means. */
import { rootCertificates } from 'node:tls';
import type { Refusal } from '../../api/refusal.ts';
import { createClient } from '../../kube/client.ts';
import { calicoVersion } from '../../resolve/versions.ts';
import { ClusterError, describeFailure, withConnection } from '../cluster-access.ts';
import { type Console, exitCodes as shared, refuseUsage } from '../console.ts';
import type { SourceObject } from '../documents.ts';
import { describeOptions, type OptionTable, type OptionValues, parseOptions } from '../options.ts';
import { admitObjects, loadSchemas } from '../render/admission.ts';
import { readInputs, standardInput } from '../render/inputs.ts';
import { locateRefusals } from '../render/mistakes.ts';
import { defaultOperatorNamespace, filenameFlag, kubeconfigFlag, operatorNamespaceFlag } from '../flags.ts';
import { painterFor } from '../text.ts';
import { version } from '../version.ts';
import { classify, type Verdict } from './classify.ts';
import { describeVerdict, reportVerdict } from './describe.ts';
import { putGiven } from './given.ts';
import { type Look, lookAt } from './look.ts';
import { placeOf } from './place.ts';
import { type Preview, preview } from './preview.ts';

const options = {
  filename: { ...filenameFlag, help: `${filenameFlag.help}\nWithout it: the live Installation.` },
  output: { kind: 'text', short: 'o', choices: ['text', 'json'], help: 'Default: text.' },
  kubeconfig: kubeconfigFlag,
  'operator-namespace': operatorNamespaceFlag,
} as const satisfies OptionTable;

const help = `Usage: calico-operator diff [-f FILE...] [flags]

Shows what the operator would change in the cluster if FILE were applied, object by object, and what each change means:
no restart, rolls pods (which, how many, at what pace), or disruptive, because of what. Reads only, never writes.

FILE has an Installation, default or overlay, and what else shall count as applied: ImageSet, and Secrets and ConfigMaps
of the operator's namespace. A spec in FILE counts as the whole spec. Everything else is as it is in the cluster. Without
FILE: what the operator of this release would change now, as after an upgrade, or because somebody changed an object.

Objects are shown as they stand once everything is rolled out, in the order in which the operator writes them, then those
that it deletes, then kube-proxy. Where something is held back at first, a numbered list of steps says what comes when.
Values of Secrets are never shown. Certificates that would be issued stand as "issued-in-the-cluster".

Exit code: 0 no difference, 1 differences, 2 wrong flags, files that cannot be read, no access or permission, or any
other failure, 3 the input is refused, by its schema or by the operator: every refusal names field, value and cure.

Flags:
${describeOptions(options)}

Examples:
  calico-operator diff -f my-installation.yaml
  kubectl get installation default -o yaml | sed s/1450/1400/ | calico-operator diff -f -
  calico-operator diff -f my.yaml -o json | jq -r '.objects[] | select(.class == "disruptive") | .name'
`;

const exitCodes = { same: shared.done, different: 1, usage: shared.usage, refused: 3 } as const;

type Values = OptionValues<typeof options>;

/** Runs `diff`. Answers with the exit code. */
export async function runDiff(args: readonly string[], console: Console): Promise<number> {
  const parsed = parseOptions(args, options, 'diff');
  switch (parsed.kind) {
    case 'invalid':
      return refuseUsage(parsed.problems, 'diff', console);
    case 'help':
      console.print(help);
      return shared.done;
    case 'options':
      return diffFiles(parsed.values, console);
  }
}

async function diffFiles(values: Values, console: Console): Promise<number> {
  const { filename } = values;
  const inputs = await readInputs(filename, console.readInput);
  for (const line of [...inputs.unreadable, ...inputs.mistakes]) console.warn(line);
  if (inputs.unreadable.length > 0) return exitCodes.usage;
  if (inputs.mistakes.length > 0) return exitCodes.refused;
  const admitted = admitObjects(inputs.sources, await loadSchemas(), namespaceOf(values));
  const output = new Output(admitted.sources, values, console);
  output.warn(admitted.warnings);
  if (admitted.refusals.length > 0) return output.refuse(admitted.refusals);
  if (filename.length > 0 && !admitted.sources.some(({ object }) => object.kind === 'Installation')) {
    const files = filename.map((name) => (name === standardInput ? 'standard input' : name));
    console.warn(
      `${files.join(', ')}: no Installation among ${admitted.sources.length} objects. ` +
        'Add one: apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}.',
    );
    return exitCodes.refused;
  }
  try {
    return await diffCluster(admitted.sources, output, values, console);
  } catch (error) {
    // Whatever it is: with Node's own exit code, 1, it would pass for a difference.
    console.warn(describeFailure(error));
    return exitCodes.usage;
  }
}

function namespaceOf(values: Values): string {
  return values['operator-namespace'] ?? defaultOperatorNamespace;
}

async function diffCluster(
  sources: readonly SourceObject[],
  output: Output,
  values: Values,
  console: Console,
): Promise<number> {
  const operatorNamespace = namespaceOf(values);
  const connection = { kubeconfig: values.kubeconfig, command: 'diff' };
  const remarks: string[] = [];
  const look = await withConnection(console, connection, ({ transport }) =>
    lookAt(createClient(transport), operatorNamespace, (stores) => {
      remarks.push(...putGiven(stores, sources, operatorNamespace));
    }),
  );
  requirePermissions(look);
  const { stores, facts, kubernetesService } = look;
  const place = placeOf(stores, {
    operatorNamespace,
    systemRoots: rootCertificates.join('\n'),
    ...(kubernetesService === undefined ? {} : { kubernetesService }),
  });
  for (const line of [...putGiven(stores, sources, operatorNamespace), ...remarksOn(look)])
    output.remark(line);
  const installation = stores.installations.get('default');
  if (installation === undefined) {
    throw new ClusterError(
      'Installation default: neither the cluster nor the input has it. Pass one with -f FILE.',
    );
  }
  if (installation.metadata.deletionTimestamp !== undefined) {
    throw new ClusterError(
      'Installation default: it is being deleted, and the operator takes Calico down. Wait until it is gone, then apply it anew.',
    );
  }
  const previewed = await preview({ installation, stores, facts, place, version, now: console.clock.now() });
  return tell(previewed, look, output);
}

function tell(previewed: Preview, { stores }: Look, output: Output): number {
  output.warn(previewed.warnings);
  if (previewed.kind === 'refused') return output.refuse(previewed.refusals);
  for (const line of previewed.waiting) output.remark(line);
  return output.show(classify({ ...previewed, pools: stores.pools.list() }));
}

/** Half a look would pass for a difference: nothing is said then. */
function requirePermissions({ forbidden }: Look): void {
  if (forbidden.length === 0) return;
  throw new ClusterError(
    `You may not:\n${forbidden.map((line) => `  ${line}\n`).join('')}` +
      'Without that, a difference cannot be told from what is merely unseen. Ask for the roles of deploy/manifests/viewer.yaml.',
  );
}

function remarksOn({ missing, stores }: Look): readonly string[] {
  const running = stores.installations.get('default')?.status?.calicoVersion;
  return [
    ...missing.map((name) => `CustomResourceDefinition ${name} is not installed: the operator waits for it`),
    ...(running === undefined || running === calicoVersion
      ? []
      : [
          `the cluster runs Calico ${running} and this program installs ${calicoVersion}: both differences are shown`,
        ]),
  ];
}

/** What is told, in the form that was asked for. */
class Output {
  readonly #sources: readonly SourceObject[];
  readonly #json: boolean;
  readonly #console: Console;
  readonly #warnings: string[] = [];

  constructor(sources: readonly SourceObject[], { output }: Values, console: Console) {
    this.#sources = sources;
    this.#json = output === 'json';
    this.#console = console;
  }

  warn(warnings: readonly Refusal[]): void {
    for (const line of locateRefusals(warnings, this.#sources)) this.remark(line);
  }

  remark(line: string): void {
    this.#warnings.push(line);
    this.#console.warn(`warning: ${line}`);
  }

  refuse(refusals: readonly Refusal[]): number {
    const lines = locateRefusals(refusals, this.#sources);
    for (const line of lines) this.#console.warn(line);
    if (this.#json) this.#printJson({ result: 'refused', refusals });
    return exitCodes.refused;
  }

  show(verdict: Verdict): number {
    const result = verdict.changes.length === 0 ? 'same' : 'different';
    if (this.#json) this.#printJson({ result, ...reportVerdict(verdict) });
    else if (result === 'different') {
      this.#console.print(`${describeVerdict(verdict, painterFor(process.stdout)).join('\n')}\n`);
    }
    return exitCodes[result];
  }

  #printJson(report: object): void {
    this.#console.print(`${JSON.stringify({ ...report, warnings: this.#warnings }, undefined, 2)}\n`);
  }
}
