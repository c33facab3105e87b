import { installOperator, startOperator } from '../cluster/operator.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { imageSource } from './images/source.ts';
import { type RealNodes, startRealNodes } from './real-nodes.ts';

/**
 * Two real nodes on a control plane of their own, with the operator and no Installation yet.
 * @param atEnd takes what ends them; it is called also when a later step fails
 * @throws Error where no images are at hand, or a part does not start
 */
export async function startTwoNodes(
  atEnd: (stop: () => Promise<void>) => void,
): Promise<{ readonly cluster: ControlPlane; readonly real: RealNodes }> {
  const cluster = await startControlPlane();
  atEnd(() => cluster.stop());
  await installOperator(cluster);
  const images = imageSource(process.env);
  if (!images) throw new Error('CALICO_BIN is not set');
  const real = await startRealNodes(cluster, 2, { images });
  await startOperator(cluster, { env: real.operatorEnvironment });
  return { cluster, real };
}
