/**
 * The only file that touches @dot-i/k8s-operator. That package is CommonJS and requires the ES module of the client
 * library; Jest refuses this while it still walks the module graph, so the client library is evaluated first and the
 * package imported afterwards. In the bundle both resolve to small stand-ins (scripts/bundle/).
 */
import '@kubernetes/client-node';

const dotI = await import('@dot-i/k8s-operator');

/** The base class of the process. Everything in it that talks to the API server is overridden in operator-process.ts. */
export const Operator = dotI.default.default;
export const { ResourceEventType, ResourceMetaImpl } = dotI.default;
export type { OperatorLogger, ResourceEvent, ResourceMeta } from '@dot-i/k8s-operator';
