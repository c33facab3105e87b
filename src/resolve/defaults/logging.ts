/** Defaults of `spec.logging`: the CNI plugin's log files. */
import type { InstallationSpec } from '../../api/installation.ts';
import type { CniType, LoggingSpec } from '../fields.ts';
import type { Chooser, DefaultsRecord } from '../record.ts';

/** Logging as given, completed where the CNI plugin is Calico's. */
export function defaultLogging(
  user: InstallationSpec,
  cniType: CniType,
  record: DefaultsRecord,
  { choose }: Chooser,
): LoggingSpec | undefined {
  if (cniType !== 'Calico') return user.logging;
  const given = user.logging?.cni;
  const recorded = record.computed.logging?.cni;
  return {
    ...user.logging,
    cni: {
      ...given,
      logSeverity: choose('logging.cni.logSeverity', {
        given: given?.logSeverity,
        recorded: recorded?.logSeverity,
        derived: 'Info',
      }),
      logFileMaxSize: choose('logging.cni.logFileMaxSize', {
        given: given?.logFileMaxSize,
        recorded: recorded?.logFileMaxSize,
        derived: '100Mi',
      }),
      logFileMaxAgeDays: choose('logging.cni.logFileMaxAgeDays', {
        given: given?.logFileMaxAgeDays,
        recorded: recorded?.logFileMaxAgeDays,
        derived: 30,
      }),
      logFileMaxCount: choose('logging.cni.logFileMaxCount', {
        given: given?.logFileMaxCount,
        recorded: recorded?.logFileMaxCount,
        derived: 10,
      }),
    },
  };
}
