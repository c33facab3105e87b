import type { ApiClient } from '../control-plane/api-client.ts';

const group = '/apis/crd.projectcalico.org/v1';

/** The handles of pods begin with the name of the network; those of tunnels do not. */
const podHandle = 'k8s-pod-network.';

interface Block {
  readonly spec: {
    readonly allocations: readonly (number | null)[];
    readonly attributes: readonly { readonly handle_id?: string }[];
  };
}

interface Handle {
  readonly spec: { readonly handleID: string };
}

/** What IPAM has on its books for pods: addresses in blocks, and handles. */
export async function podAllocations(api: ApiClient): Promise<{ addresses: number; handles: number }> {
  const [blocks, handles] = await Promise.all([
    api.list<Block>(`${group}/ipamblocks`),
    api.list<Handle>(`${group}/ipamhandles`),
  ]);
  const owners = blocks.flatMap(({ spec }) =>
    spec.allocations.map((index) => (index === null ? '' : (spec.attributes[index]?.handle_id ?? 'nobody'))),
  );
  return {
    addresses: owners.filter((owner) => owner.startsWith(podHandle)).length,
    handles: handles.filter(({ spec }) => spec.handleID.startsWith(podHandle)).length,
  };
}
