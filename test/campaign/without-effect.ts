/** Settings that change nothing, each with the reason. An entry that has an effect after all fails the test. */

/** Settings by their path. */
export interface WithoutEffect {
  readonly path: RegExp;
  readonly why: string;
}

const later = 'not built yet';
const onlyValue = 'has one possible value';

export const withoutEffect: readonly WithoutEffect[] = [
  {
    path: /^variant$|^nodeUpdateStrategy\.type$|matchFields\[\]\.key$/,
    why: onlyValue,
  },
  {
    path: /^(calicoNodeDaemonSet|typhaDeployment).*\bcontainers\[\]\.name$|^typhaDeployment.*initContainers\[\]\.name$/,
    why: onlyValue,
  },
  { path: /^calicoKube.*volumeMounts\[\]\.name$/, why: 'has one possible value: the pods have one volume' },
  { path: /^nonPrivileged$/, why: 'deprecated: the mode does not exist any more' },
  { path: /^calicoNetwork\.multiInterfaceMode$/, why: 'is for the commercial product' },
  { path: /claims\[\]\.(name|request)$/, why: 'always refused: the pods declare no claims' },
  { path: /^controlPlaneReplicas$/, why: 'is for the API server and others that come later' },
  { path: /^(deletionPolicy|hostIntegration|imageMirrors|reconcile)/, why: later },
  { path: /^calicoNetwork\.kubeProxyManagement$/, why: 'decides about kube-proxy, which is not rendered' },
];
