/** `status.conditions` as the Kubernetes API conventions have them. */
import { integer, mapList, object, oneOf, optional, text } from './kit.ts';

const condition = object('One aspect of the state.', {
  type: text('What the condition is about, for example Ready.', {
    maxLength: 316,
    pattern:
      '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
  }),
  status: oneOf(['True', 'False', 'Unknown'], 'Whether the condition holds.'),
  observedGeneration: optional(
    integer('Generation of the object that this was concluded from.', { minimum: 0, format: 'int64' }),
  ),
  lastTransitionTime: text('When status last changed.', { format: 'date-time' }),
  reason: text('One word for programs: why status is what it is.', {
    minLength: 1,
    maxLength: 1024,
    pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
  }),
  message: text('For people: what is the case and what to do about it.', { maxLength: 32768 }),
});

/** The usual list of conditions, one of each type. */
export const conditions = mapList(
  condition,
  ['type'],
  'Current state, one entry for each type of condition.',
);
