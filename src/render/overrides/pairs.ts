/** Overrides with what they change. */
import type { Container, DaemonSet, Deployment } from '../../api/kubernetes.ts';
import type { ContainerOverride, OverrideBlock, WorkloadOverride } from '../../api/workload-override.ts';
import { currentName } from '../shared/overrides.ts';

/** An override and the workload that it changes, as that is rendered without any override. */
export interface Pairing {
  readonly block: OverrideBlock;
  readonly override: WorkloadOverride;
  readonly workload: DaemonSet | Deployment;
}

/** One entry of `containers` or `initContainers`. */
export interface ContainerPair {
  /** Path of the entry. */
  readonly place: string;
  readonly override: ContainerOverride;
  /** As rendered without overrides; absent when the pods have no such container. */
  readonly container?: Container;
  /** Names that the pods do have, of the same list. */
  readonly others: readonly string[];
}

/** Path of the pod spec in a block. */
export function podPlace({ block }: Pick<Pairing, 'block'>): string {
  return `spec.${block}.spec.template.spec`;
}

/** Every entry of both lists, init containers first. */
export function containerPairs(pairing: Pairing): readonly ContainerPair[] {
  const overrides = pairing.override.spec?.template?.spec;
  const pod = pairing.workload.spec?.template.spec;
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (overrides?.[list] ?? []).map((override, index): ContainerPair => {
      const rendered = pod?.[list] ?? [];
      const container = rendered.find(({ name }) => name === currentName(override.name));
      return {
        place: `${podPlace(pairing)}.${list}[${index}]`,
        override,
        ...(container === undefined ? {} : { container }),
        others: rendered.map(({ name }) => name),
      };
    }),
  );
}
