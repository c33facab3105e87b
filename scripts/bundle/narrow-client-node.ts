/**
 * What the bundle takes of @kubernetes/client-node: the kubeconfig and its authentication, of 60 MB that are mostly
 * generated models. Importing another name at run time fails the build; then add it here.
 */
export { KubeConfig } from '@kubernetes/client-node/dist/config.js';
