/** What became of the CustomResourceDefinitions, and how it is told. Pure. */
import { crdOwner, crdOwnerAnnotation } from '../../api/crds.ts';
import { isForbidden } from '../../kube/errors.ts';
import type { LogFields } from '../../telemetry/types.ts';
import type { KeepReason } from './decide.ts';

/** What became of one. */
export type CrdOutcome =
  | { readonly kind: 'created' | 'upgraded' | 'held'; readonly name: string }
  | {
      readonly kind: 'kept';
      readonly name: string;
      readonly reason: KeepReason;
      readonly missing: readonly string[];
    }
  | { readonly kind: 'failed'; readonly name: string; readonly error: Error };

/** One outcome for each definition that was looked at. */
export type CrdReport = readonly CrdOutcome[];

/** A line for the log. */
export interface CrdLogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** How many missing parts of a definition a log line names. */
const shownParts = 10;

/** At most one line for each sort of outcome; none for definitions that were already as they should be. */
export function describeReport(report: CrdReport): readonly CrdLogLine[] {
  const kept = report.filter((outcome) => outcome.kind === 'kept');
  return [
    ...plain('CustomResourceDefinitions installed', namesOf(report, 'created')),
    ...plain('CustomResourceDefinitions upgraded', namesOf(report, 'upgraded')),
    ...plain(
      'CustomResourceDefinitions held, so that no other release of the chart replaces them',
      namesOf(report, 'held'),
    ),
    ...plain(
      'CustomResourceDefinitions of another release are kept: they are never downgraded',
      kept.filter(({ reason }) => reason === 'newer').map(({ name }) => name),
    ),
    ...plain(
      'CustomResourceDefinitions are being deleted and will be installed again afterwards',
      kept.filter(({ reason }) => reason === 'terminating').map(({ name }) => name),
    ),
    ...foreign(kept),
    ...failures(report),
  ];
}

const namesOf = (report: CrdReport, kind: CrdOutcome['kind']): readonly string[] =>
  report.filter((outcome) => outcome.kind === kind).map(({ name }) => name);

const plain = (message: string, names: readonly string[]): readonly CrdLogLine[] =>
  names.length === 0 ? [] : [{ level: 'info', message, fields: { names } }];

function foreign(kept: readonly Extract<CrdOutcome, { kind: 'kept' }>[]): readonly CrdLogLine[] {
  const lacking = kept.filter(({ missing }) => missing.length > 0);
  if (lacking.length === 0) return [];
  const names = lacking.map(({ name }) => name).join(' ');
  return [
    {
      level: 'warn',
      message: 'CustomResourceDefinitions of another owner are kept, and lack what this release knows',
      fields: {
        missing: Object.fromEntries(lacking.map(({ name, missing }) => [name, shorten(missing)])),
        cure:
          'Fields that are named here have no effect until the definitions are handed over: ' +
          `kubectl annotate customresourcedefinitions ${names} ${crdOwnerAnnotation}=${crdOwner}, ` +
          'then restart the operator. See docs/crds.md for what that means.',
      },
    },
  ];
}

const shorten = (parts: readonly string[]): readonly string[] =>
  parts.length <= shownParts
    ? parts
    : [...parts.slice(0, shownParts), `and ${parts.length - shownParts} more`];

function failures(report: CrdReport): readonly CrdLogLine[] {
  const failed = report.filter((outcome) => outcome.kind === 'failed');
  const [first] = failed;
  if (first === undefined) return [];
  const fields = {
    names: failed.map(({ name }) => name),
    error: first.error.message,
    cure: cureOf(first.error),
  };
  return [
    { level: 'error', message: 'CustomResourceDefinitions could not be installed or upgraded', fields },
  ];
}

const cureOf = (error: Error): string =>
  isForbidden(error)
    ? 'Give the operator the rights in deploy/manifests/rbac.yaml of this release, or apply the crds directory of this ' +
      'release with kubectl and start the operator with --manage-crds=false.'
    : 'It is tried again. If it lasts, apply the crds directory of this release with kubectl to see what is in the way.';
