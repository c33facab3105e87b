/** Words that only the `crd.projectcalico.org` schemas use. */
import { type integer, intOrString, object, optional, text } from '../kit.ts';
import Type from 'typebox';

/** One of a few words in any letter case, or empty; Felix reads them so. */
export const anyCase = (values: readonly string[], description: string) =>
  optional(
    text(`${description} One of ${values.join(', ')}, in any case.`, {
      pattern: `^(?i)(${values.join('|')})?$`,
    }),
  );

const severities = ['Trace', 'Debug', 'Info', 'Warning', 'Error', 'Fatal'];

export const logSeverity = (description: string) => anyCase(severities, description);

/** A length of time as Go writes it. */
export const duration = (description: string) =>
  optional(text(description, { pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))*$' }));

export const optionalText = (description: string) => optional(text(description));

export const optionalFlag = (description: string) => optional(Type.Boolean({ description }));

/** A number without bounds of our own: Felix checks it. */
export const number = (description: string, limits: Parameters<typeof integer>[1] = {}) =>
  optional(Type.Integer({ description, ...limits }));

/** A port, or a range of ports as `first:last`. */
export const ports = (description: string) => intOrString(description, { pattern: '^.*' });

export const routeTableRange = (description: string) =>
  object(description, {
    min: Type.Integer({ description: 'First table.' }),
    max: Type.Integer({ description: 'Last table.' }),
  });
