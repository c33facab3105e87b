/** Every CustomResourceDefinition of the project, made from the schemas. For the generator and for tests. */
import { calicoKinds } from './calico/kinds.ts';
import { openKinds } from './calico/open-kinds.ts';
import { type CustomResourceDefinition, customResourceDefinition, type KindDefinition } from './crd.ts';
import { operatorKinds } from './operator-kinds.ts';

export const kinds: readonly KindDefinition[] = [...operatorKinds, ...calicoKinds, ...openKinds];

/** In the order in which they are written: ours first. */
export const customResourceDefinitions = (): readonly CustomResourceDefinition[] =>
  kinds.map(customResourceDefinition);
