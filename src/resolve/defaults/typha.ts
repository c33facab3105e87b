/** Defaults of `spec.typha`: when Typha runs. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';
import type { EffectiveSpec } from '../types.ts';

/** The block as given, completed. */
export function defaultTypha(
  user: InstallationSpec,
  record: DefaultsRecord,
  { choose }: Chooser,
): EffectiveSpec['typha'] {
  const given = user.typha;
  const recorded = record.computed.typha;
  return {
    mode: choose('typha.mode', { given: given?.mode, recorded: recorded?.mode, derived: 'Auto' }),
    nodeThreshold: choose('typha.nodeThreshold', {
      given: given?.nodeThreshold,
      recorded: recorded?.nodeThreshold,
      derived: 50,
    }),
    switchOffPercent: choose('typha.switchOffPercent', {
      given: given?.switchOffPercent,
      recorded: recorded?.switchOffPercent,
      derived: 80,
    }),
    switchOffAfterSeconds: choose('typha.switchOffAfterSeconds', {
      given: given?.switchOffAfterSeconds,
      recorded: recorded?.switchOffAfterSeconds,
      derived: 600,
    }),
  };
}
