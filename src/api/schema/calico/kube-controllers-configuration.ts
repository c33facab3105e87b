/** `spec` and `status` of the KubeControllersConfiguration. */
import { atomicList, integer, object, oneOf, optional, setList, stringMap, text, toggle } from '../kit.ts';
import Type from 'typebox';
import { optionalText } from './words.ts';

const periodic = (description: string) =>
  optional(
    object(description, {
      reconcilerPeriod: optionalText('Time between two comparisons with the datastore.'),
    }),
  );

const template = object('Host endpoints that are made for nodes.', {
  generateName: optional(text('Middle part of their names.', { maxLength: 253 })),
  interfaceCIDRs: optional(setList(Type.String(), 'Ranges that addresses of the interface lie in.')),
  interfacePattern: optionalText('Regular expression of interfaces.'),
  labels: optional(stringMap('Labels of the host endpoints.')),
  nodeSelector: optionalText('Calico selector of nodes.'),
});

const hostEndpoint = object('Host endpoints of nodes.', {
  autoCreate: optional(toggle('Make a host endpoint for every node.')),
  createDefaultHostEndpoint: optionalText('Enabled or Disabled: make the one for all interfaces.'),
  templates: optional(atomicList(template, 'Further host endpoints.')),
});

const controllers = object('Which controllers run, and how.', {
  loadBalancer: optional(
    object('Addresses of Services of type LoadBalancer.', {
      assignIPs: optional(
        oneOf(['AllServices', 'RequestedServicesOnly'], 'Which Services get an address.', {
          default: 'AllServices',
        }),
      ),
    }),
  ),
  namespace: periodic('Namespaces.'),
  node: optional(
    object('Nodes.', {
      hostEndpoint: optional(hostEndpoint),
      leakGracePeriod: optionalText('Time after which a lost address counts as free.'),
      reconcilerPeriod: optionalText('Time between two comparisons with the datastore.'),
      syncLabels: optional(toggle('Copy labels of Kubernetes nodes.')),
    }),
  ),
  policy: periodic('Network policies of Kubernetes.'),
  policyMigration: optional(
    object('Policies under names of earlier versions.', {
      enabled: optional(oneOf(['Disabled', 'Enabled'], 'Rename them.', { default: 'Enabled' })),
    }),
  ),
  serviceAccount: periodic('Service accounts.'),
  workloadEndpoint: periodic('Pods.'),
});

const settings = {
  controllers,
  debugProfilePort: optional(integer('Port for profiles. 0: none.', { minimum: 0, maximum: 65535 })),
  etcdV3CompactionPeriod: optionalText('Time between two compactions of etcd.'),
  healthChecks: optional(oneOf(['Enabled', 'Disabled'], 'Answer health checks.', { default: 'Enabled' })),
  logSeverityScreen: optional(
    oneOf(['None', 'Debug', 'Info', 'Warning', 'Error', 'Fatal', 'Panic'], 'Least severity that is logged.'),
  ),
  prometheusMetricsPort: optional(integer('Port for metrics. 0: none.', { minimum: 0, maximum: 65535 })),
};

export const kubeControllersConfigurationSpec = object('Settings of calico-kube-controllers.', settings);

export const kubeControllersConfigurationStatus = object('What calico-kube-controllers runs with.', {
  environmentVars: optional(stringMap('Environment variables that took precedence.')),
  runningConfig: optional(object('The settings in effect.', settings)),
});
