/** Whose FelixConfiguration's `bpfEnabled` is. */
import type { FelixConfiguration } from '../../api/calico.ts';
import type { Warning } from '../../api/refusal.ts';
import type { Resolved, Snapshot } from '../../resolve/types.ts';
import { mayDefault } from '../shared/ownership.ts';

/** Marks the field as the operator's, as the reference does it. */
export const bpfAnnotation = 'operator.tigera.io/bpfEnabled';

/**
 * It is the operator's while its annotation says the same as the field, whoever wrote them: so an earlier operator's
 * value is taken over. Anything else is a user's value, and stays.
 */
export function ownsBpfEnabled(felix: FelixConfiguration | undefined): boolean {
  const value = felix?.spec?.bpfEnabled;
  const mark = felix?.metadata.annotations?.[bpfAnnotation];
  return value === undefined || mark === String(value) || mayDefault(felix, ['spec', 'bpfEnabled']);
}

/** A word to a user whose value is another than what the Installation asks for. */
export function bpfRemarks(
  { spec }: Resolved,
  { installation }: Pick<Snapshot, 'installation'>,
  felix: FelixConfiguration | undefined,
): readonly Warning[] {
  const { linuxDataplane } = spec.calicoNetwork;
  const value = felix?.spec?.bpfEnabled;
  if (value === undefined || ownsBpfEnabled(felix) || value === (linuxDataplane === 'BPF')) return [];
  return [
    {
      reason: 'ConfigurationWarning',
      object: 'FelixConfiguration default',
      field: 'spec.bpfEnabled',
      value: String(value),
      problem: `it was set by somebody else and is left alone, although linuxDataplane of Installation ${installation.metadata.name} is ${linuxDataplane}`,
      cure: 'Remove the field to let the operator set it when it is safe',
    },
  ];
}
