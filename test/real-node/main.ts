// Real nodes without a pod network, to try things on: main.ts [COUNT]; Ctrl-C ends them. Images as docs/testing.md says.
import { startControlPlane } from '../control-plane/control-plane.ts';
import { streamProgress } from '../control-plane/build/progress.ts';
import { imageSource } from './images/source.ts';
import { ensurePackages } from './packages.ts';
import { startRealNodes } from './real-nodes.ts';

const count = Number(process.argv[2] ?? 2);
const images = imageSource(process.env);
if (images === undefined) throw new Error('set CALICO_BIN to a folder with the programs of Calico');
await ensurePackages(streamProgress());
const controlPlane = await startControlPlane();
const { operatorEnvironment } = await startRealNodes(controlPlane, count, { images });
const exports = { KUBECONFIG: controlPlane.kubeconfig, ...operatorEnvironment };
for (const [name, value] of Object.entries(exports)) process.stdout.write(`export ${name}=${value}\n`);

const alive = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(alive);
    void controlPlane.stop();
  });
}
