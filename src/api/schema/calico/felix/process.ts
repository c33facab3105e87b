/** FelixConfiguration: the process itself, its logs, metrics, health and debugging. */
import { mapList, object, oneOf, optional, text, toggle } from '../../kit.ts';
import { duration, logSeverity, number, optionalFlag, optionalText } from '../words.ts';

const healthTimeout = object('Time limit of one part.', {
  name: text('Name of the part.'),
  timeout: text('Time without a sign of life after which it counts as hung.'),
});

export const felixProcess = {
  dataplaneDriver: optionalText('Path of an external dataplane.'),
  dataplaneWatchdogTimeout: optionalText('Deprecated: use healthTimeoutOverrides.'),
  debugDisableLogDropping: optionalFlag('Never drop log lines; costs speed.'),
  debugHost: optionalText('Address of the debugging port.'),
  debugMemoryProfilePath: optionalText('File for memory profiles.'),
  debugPort: number('Port for debugging.'),
  debugSimulateCalcGraphHangAfter: duration('For tests: hang in the calculation after this time.'),
  debugSimulateDataplaneApplyDelay: duration('For tests: delay of every change to the kernel.'),
  debugSimulateDataplaneHangAfter: duration('For tests: hang in the dataplane after this time.'),
  endpointReportingDelay: duration('Least time between two reports of the state of endpoints.'),
  endpointReportingEnabled: optionalFlag('Report the state of endpoints.'),
  endpointStatusPathPrefix: optionalText('Directory in which the CNI plugin finds the state of endpoints.'),
  featureDetectOverride: optional(
    text('Features of the kernel taken for granted or for missing, as Name=true,Other=false.', {
      pattern: '^([a-zA-Z0-9-_]+=(true|false|),)*([a-zA-Z0-9-_]+=(true|false|))?$',
    }),
  ),
  featureGates: optional(
    text('Experimental features, as Name=value,Other=value.', {
      pattern: '^([a-zA-Z0-9-_]+=([^=]+),)*([a-zA-Z0-9-_]+=([^=]+))?$',
    }),
  ),
  flowLogsCollectorDebugTrace: optionalFlag('Trace the collection of flows.'),
  flowLogsFlushInterval: duration('Time between two reports of flows.'),
  flowLogsGoldmaneServer: optionalText('Address of Goldmane.'),
  flowLogsLocalReporter: optional(toggle('Serve flows on a local socket.')),
  flowLogsPolicyEvaluationMode: optional(
    oneOf(['None', 'Continuous'], 'Whether flows show what staged and changed policies would do.'),
  ),
  goGCThreshold: number('Growth of memory in percent that starts garbage collection. -1 switches it off.'),
  goMaxProcs: number('Most CPUs that Felix uses. -1: all.'),
  goMemoryLimitMB: number('Memory in megabytes that Felix tries to stay below. -1: no limit.'),
  healthEnabled: optionalFlag('Answer health checks.'),
  healthHost: optionalText('Address of the health port.'),
  healthPort: number('Port for health checks.'),
  healthTimeoutOverrides: optional(mapList(healthTimeout, ['name'], 'Time limits of single parts of Felix.')),
  logDebugFilenameRegex: optionalText('Source files whose debug lines are logged.'),
  logFilePath: optionalText('File for logs. None: no file.'),
  logSeverityFile: logSeverity('Least severity in the file.'),
  logSeverityScreen: logSeverity('Least severity on standard output.'),
  logSeveritySys: logSeverity('Least severity in syslog.'),
  metadataAddr: optionalText("Address of OpenStack's metadata service."),
  metadataPort: number("Port of OpenStack's metadata service."),
  openstackRegion: optionalText('Region of OpenStack.'),
  policySyncPathPrefix: optionalText('Directory for the sockets of application layer policy.'),
  prometheusGoMetricsEnabled: optionalFlag('Export metrics of the Go runtime.'),
  prometheusMetricsCAFile: optionalText('Authority of clients of the metrics port.'),
  prometheusMetricsCertFile: optionalText('Certificate of the metrics port.'),
  prometheusMetricsClientAuth: optionalText('How clients of the metrics port prove who they are.'),
  prometheusMetricsEnabled: optionalFlag('Export metrics.'),
  prometheusMetricsHost: optionalText('Address of the metrics port.'),
  prometheusMetricsKeyFile: optionalText('Key of the metrics port.'),
  prometheusMetricsPort: number('Port for metrics.'),
  prometheusProcessMetricsEnabled: optionalFlag('Export metrics of the process.'),
  prometheusWireGuardMetricsEnabled: optionalFlag('Export metrics of WireGuard.'),
  reportingInterval: duration('Time between two reports of the state of Felix. 0 switches them off.'),
  reportingTTL: duration('Time for which such a report is valid.'),
  usageReportingEnabled: optionalFlag('Report version and size of the cluster to the project.'),
  usageReportingInitialDelay: duration('Time before the first usage report.'),
  usageReportingInterval: duration('Time between two usage reports.'),
};
