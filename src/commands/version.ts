/** Which program this is. */

declare const CALICO_OPERATOR_VERSION: string | undefined;

/** The release: written in by the build; `development` when run from source. */
export const version: string =
  typeof CALICO_OPERATOR_VERSION === 'undefined' ? 'development' : CALICO_OPERATOR_VERSION;
