/** Shapes of the parts of an image reference, as text: the CRD's rules and the operator's own use the same. */

const step = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/** A host with optional port and path; superfluous slashes are cleaned away. */
export const registryShape = `^(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?(?:/+${step})*/*$`;

/** Steps between slashes. */
export const imagePathShape = `^[./]*${step}(?:[./]*/${step})*/*$`;

/** The beginning of a name. */
export const imagePrefixShape = '^[a-z0-9](?:[._/-]{0,2}[a-z0-9]+)*[._/-]{0,2}$';

/** Says explicitly what leaving the field out says. */
export const useDefault = 'UseDefault';
