/** `status` of the Installation. */
import Type, { type Static } from 'typebox';
import { conditions } from '../conditions.ts';
import { atomicList, integer, mapList, object, oneOf, openObject, optional, setList, text } from '../kit.ts';
import type { installationSpec } from './spec.ts';

const typhaStatus = object('Where Typha stands.', {
  wanted: optional(
    Type.Boolean({ description: 'Typha shall run. Differs from running while it is switched on or off.' }),
  ),
  running: optional(Type.Boolean({ description: 'Typha is deployed and calico-node uses it.' })),
  replicas: optional(integer('Typha that shall run.', { minimum: 0 })),
  nodes: optional(integer('Nodes there were when anything of this changed last.', { minimum: 0 })),
  switchOnAbove: optional(integer('With Auto: Typha is switched on with more nodes than this.')),
  switchOffBelow: optional(
    integer('With Auto: Typha is switched off when there are fewer nodes than this for a while.'),
  ),
  belowSince: optional(text('Since when there are fewer nodes than that.', { format: 'date-time' })),
});

const customisation = object('What one override changes.', {
  block: text('Field of the spec that holds the override.'),
  changes: atomicList(text('One change.'), 'What it changes: names only, never values.'),
});

export const installationStatus = object('What the operator has made of it.', {
  observedGeneration: optional(
    integer('Generation of the spec that this status speaks of; -1 before the first.', {
      minimum: -1,
      format: 'int64',
    }),
  ),
  variant: optional(oneOf(['Calico', 'TigeraSecureEnterprise'], 'The product that runs.')),
  calicoVersion: optional(text('Version of Calico that runs.')),
  mtu: optional(integer('MTU of pods in bytes; 0 when each node finds it out.', { minimum: 0 })),
  imageSet: optional(text('ImageSet that image digests come from; empty if none.')),
  // Open on purpose: it repeats the spec, and its schema would double the size of the CRD.
  computed: optional(
    openObject<Static<typeof installationSpec>>(
      'The spec in effect: overlay laid over, defaults filled in. Defaults stay as they were first decided. Values of variables and arguments are not shown.',
    ),
  ),
  defaulted: optional(
    setList(
      text('Path below spec.'),
      'Fields of computed that the operator chose because the spec leaves them open.',
    ),
  ),
  customised: optional(
    mapList(
      customisation,
      ['block'],
      'What the spec changes of the workloads: the first thing to look at in support.',
    ),
  ),
  typha: optional(typhaStatus),
  conditions: optional(conditions),
});
