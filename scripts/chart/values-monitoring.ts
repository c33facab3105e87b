/** Values of what watches the operator, and of who may reach it. */
import type { Section } from './values.ts';
import { anything, flag, labels, list, port, prometheusDuration, text, words } from './words.ts';

const monitor = (name: 'serviceMonitor' | 'podMonitor', text: string): Section['values'] => [
  { path: `monitoring.${name}.enabled`, default: false, text, schema: flag },
  {
    path: `monitoring.${name}.interval`,
    default: '',
    text: 'How often, such as `30s`. Default: that of Prometheus.',
    schema: prometheusDuration,
  },
  {
    path: `monitoring.${name}.labels`,
    default: {},
    text: 'Labels that Prometheus selects it by.',
    schema: labels,
  },
];

export const monitoringValues: readonly Section[] = [
  {
    title: 'Monitoring',
    values: [
      {
        path: 'metrics.port',
        default: 8484,
        text: 'Port of metrics and probes, of the host with `hostNetwork`.',
        schema: port,
        counterpart: {
          kind: 'other',
          name: '–',
          note: '`METRICS_HOST` and `METRICS_PORT` in `tigeraOperator.env` have no effect; set this',
        },
      },
      {
        path: 'service.enabled',
        default: true,
        text: 'Whether there is a Service for metrics.',
        schema: flag,
      },
      { path: 'service.annotations', default: {}, text: 'Its annotations.', schema: words },
      ...monitor('serviceMonitor', 'Whether there is a ServiceMonitor for Prometheus Operator.'),
      ...monitor('podMonitor', 'Whether there is a PodMonitor; instead of the other.'),
      {
        path: 'monitoring.prometheusRule.enabled',
        default: false,
        text: 'Whether there is a PrometheusRule with the alerts of `files/alerts.yaml`.',
        schema: flag,
      },
      {
        path: 'monitoring.prometheusRule.labels',
        default: {},
        text: 'Labels that Prometheus selects it by.',
        schema: labels,
      },
      {
        path: 'monitoring.dashboard.enabled',
        default: false,
        text: 'Whether there is a ConfigMap with the Grafana dashboard of `files/dashboard.json`.',
        schema: flag,
      },
      {
        path: 'monitoring.dashboard.labels',
        default: { grafana_dashboard: '1' },
        text: 'Labels that Grafana’s sidecar selects it by.',
        schema: labels,
      },
      {
        path: 'monitoring.dashboard.namespace',
        default: '',
        text: 'Where it is. Default: that of the release.',
        schema: text,
      },
    ],
  },
  {
    title: 'NetworkPolicy',
    values: [
      {
        path: 'networkPolicy.enabled',
        default: false,
        text: 'Whether only metrics and probes may be reached. Without effect on the host’s network.',
        schema: flag,
      },
      {
        path: 'networkPolicy.from',
        default: [],
        text: 'Who may, as peers of a NetworkPolicy. Default: everybody.',
        schema: list(anything),
      },
    ],
  },
];
