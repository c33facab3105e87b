import type { Progress } from '../control-plane/build/progress.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { eventually } from '../control-plane/eventually.ts';
import { vxlanInstallation } from '../real-node/calico-on-nodes.ts';
import { imageSource, imagesVariable } from '../real-node/images/source.ts';
import { missingPackages } from '../real-node/packages.ts';
import { ping, startPod, type TestPod } from '../real-node/pods.ts';
import type { RealNode } from '../real-node/real-node.ts';
import { type RealNodes, startRealNodes } from '../real-node/real-nodes.ts';
import type { Machine } from '../tiers.ts';
import { calicoPrograms } from '../tiers.ts';
import { DemoFailure } from './failure.ts';
import type { MakeNodes } from './nodes.ts';
import { inStep } from './step.ts';
import type { WhatToInstall } from './what-to-install.ts';

const reachTimeout = 120_000;

/** What is applied on real nodes unless the user names a file. The nodes have no BIRD, so it is VXLAN without BGP. */
export const realInstallation: WhatToInstall = {
  file: 'an Installation with VXLAN',
  objects: [vxlanInstallation],
  installation: vxlanInstallation,
};

/** Why this machine can have no real nodes, as a sentence with the cure; undefined if it can. */
export function reasonAgainstRealNodes(
  { platform, root, environment }: Pick<Machine, 'platform' | 'root' | 'environment'>,
  missing: () => readonly string[] = missingPackages,
): string | undefined {
  if (platform !== 'linux') return `--real needs Linux, and this is ${platform}`;
  if (!root) return '--real needs root, to make namespaces: sudo npm run demo -- --real';
  if (imageSource(environment) === undefined) {
    const folder = `CALICO_BIN to a folder with Calico's programs ${calicoPrograms.join(', ')}`;
    return `--real needs Calico itself: set ${folder}, or set ${imagesVariable}=pull for its images`;
  }
  const packages = missing();
  return packages.length === 0
    ? undefined
    : `--real needs Debian packages that are not here: apt-get install -y ${packages.join(' ')}`;
}

/** Nodes with kubelet and containerd, on which Calico runs. @throws DemoFailure if there can be none here. */
export function realNodes(count: number, machine: Machine): MakeNodes {
  const reason = reasonAgainstRealNodes(machine);
  if (reason !== undefined) throw new DemoFailure(reason);
  return async (controlPlane, progress) => {
    const images = imageSource(machine.environment);
    if (images === undefined) throw new Error('there are no images');
    const real = await startRealNodes(controlPlane, count, { images, progress });
    return {
      operatorEnvironment: real.operatorEnvironment,
      showWork: () => showReach(controlPlane, real, progress),
    };
  };
}

/** Starts a pod on the first and on the last node, and shows that they reach each other. */
async function showReach(
  { api }: ControlPlane,
  { nodes, testImage }: RealNodes,
  progress: Progress,
): Promise<readonly string[]> {
  const start = (name: string, node: RealNode | undefined): Promise<TestPod> => {
    if (node === undefined) throw new Error('there is no node');
    return startPod(api, name, node, testImage);
  };
  const pods = await inStep(progress, 'starting two pods', () =>
    Promise.all([start('left', nodes[0]), start('right', nodes.at(-1))]),
  );
  const [left, right] = pods;
  const [there, back] = await inStep(progress, 'waiting until they reach each other', () =>
    Promise.all([pingUntilAnswered(left, right), pingUntilAnswered(right, left)]),
  );
  return [
    'Two pods:',
    ...pods.map(({ name, node, address }) => `  ${name}  ${address} on ${node.name} (${node.address})`),
    `From ${left.name} to ${right.name}, and back:`,
    ...[there, back].flatMap((lines) => lines.map((line) => `  ${line}`)),
    "They reach each other. Kubelet, containerd and Calico's own programs are real here.",
  ];
}

/** The lines of a ping that was answered. */
async function pingUntilAnswered(from: TestPod, to: TestPod): Promise<readonly string[]> {
  return eventually(
    async () => {
      const { code, output } = await ping(from, to, 3);
      if (code !== 0) throw new Error(output);
      return output.split('\n').filter((line) => / bytes from |packets transmitted/.test(line));
    },
    { description: `${from.name} to reach ${to.name}`, timeout: reachTimeout },
  );
}
