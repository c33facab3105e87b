/**
 * Names of conditions, and the catalogue of their reasons. A reason stands in conditions, Events, logs and metrics alike;
 * it never changes its meaning, and is never removed.
 */

/** Types of the Installation's conditions. */
export const installationConditions = ['Ready', 'Progressing', 'Degraded'] as const;

/** Types of a TigeraStatus' conditions; `Available` is what the Installation calls `Ready`. */
export const componentConditions = ['Available', 'Progressing', 'Degraded'] as const;

export type InstallationConditionType = (typeof installationConditions)[number];
export type ComponentConditionType = (typeof componentConditions)[number];

/** What a reason tells about. */
export interface ReasonInfo {
  /**
   * `good`: as it should be. `waiting`: comes right by itself. `bad`: somebody has to do something.
   * `notice`: worth an Event, but no state.
   */
  readonly polarity: 'good' | 'waiting' | 'bad' | 'notice';
  /** The circumstances that give it. */
  readonly when: string;
  /** What a person can do, absent where there is nothing to do. */
  readonly action?: string;
}

const good = (when: string): ReasonInfo => ({ polarity: 'good', when });
const waiting = (when: string, action?: string): ReasonInfo =>
  action === undefined ? { polarity: 'waiting', when } : { polarity: 'waiting', when, action };
const bad = (when: string, action: string): ReasonInfo => ({ polarity: 'bad', when, action });
const notice = (when: string): ReasonInfo => ({ polarity: 'notice', when });

/** Reasons that the reference operator uses as well; tools know them. */
const inherited = {
  AllObjectsAvailable: good('Everything is as asked for, and every pod is available.'),
  ResourceNotReady: waiting('Something that was written is not available yet.'),
  PodFailure: bad(
    'A pod crashes, cannot pull its image or ended with an error; the message names pod, container and reason.',
    "Look at the container's log, or correct the image settings.",
  ),
  CertificateError: bad(
    'A certificate cannot be made or does not fit.',
    'Correct or delete the Secret named.',
  ),
  CertificateReadError: bad(
    'A Secret with a certificate cannot be read.',
    'Correct or delete the Secret named.',
  ),
  InvalidConfigurationError: bad(
    'The spec says something impossible; nothing is changed.',
    'Correct the field named; the correction is picked up at once.',
  ),
  ResourceCreateError: bad(
    'The API server refused to create an object.',
    'Remove the cause that the message gives.',
  ),
  ResourceMigrationError: bad(
    'Objects of an earlier installation cannot be taken over.',
    'Remove the cause that the message gives.',
  ),
  ResourceNotFound: bad('Something that is needed does not exist.', 'Create what the message names.'),
  ResourcePatchError: bad('The API server refused a change.', 'Remove the cause that the message gives.'),
  ResourceReadError: bad(
    'Something that is needed cannot be read.',
    'Create what is missing, or give access to it.',
  ),
  ResourceRenderingError: bad(
    'The wanted objects cannot be made from the spec.',
    'Report it: the spec was accepted.',
  ),
  ResourceScalingError: bad(
    'Typha cannot have as many replicas as it needs.',
    'Add nodes, or let Typha onto more nodes.',
  ),
  ResourceUpdateError: bad('The API server refused a change.', 'Remove the cause that the message gives.'),
  ResourceValidationError: bad(
    'An object that the spec names is not as it must be.',
    'Correct the object that the message names.',
  ),
  MigrationError: bad(
    'An installation by manifests cannot be taken over.',
    'Change what the message names, or remove that installation.',
  ),
  InternalServerError: bad('The operator failed where it should not.', 'Report it with the log.'),
  NotApplicable: good('The component is not asked for.'),
  UpgradeError: bad(
    'The step from one version to the next is not possible.',
    'Do what the message says first.',
  ),
  ImageSetError: bad(
    'There is an ImageSet, but none for this version of Calico, or an image is missing in it.',
    'Create the ImageSet that the message names, or complete it.',
  ),
  Unknown: waiting('Nothing is known yet.'),
} as const satisfies Readonly<Record<string, ReasonInfo>>;

const own = {
  RolloutInProgress: waiting('Pods are being replaced; the message says how many are left.'),
  TyphaTransition: waiting('Typha is being switched on or off; the message says what is waited for.'),
  CertificatePending: waiting(
    'A pod waits for its certificate; the message names the CertificateSigningRequest.',
    'Approve the request, or see to the program that approves and signs.',
  ),
  AuthorityChanging: waiting(
    'Pods go over to certificates of another authority, some after the others; both are trusted meanwhile.',
  ),
  Terminating: waiting('The Installation is being deleted; the message names what is left.'),
  Paused: waiting('The spec asks to change nothing.', 'Set reconcile.mode to Apply to go on.'),
  ChangePlanned: waiting(
    'The spec asks to show changes only; they are in status.',
    'Set reconcile.mode to Apply to make them.',
  ),
  UnsafeChangeRefused: bad(
    'A change would cut pods off the network; what runs stays as it is.',
    'Set the field back, or take the way that the message describes.',
  ),
  PermissionDenied: bad('The operator may not do what it must.', 'Apply the ClusterRole of this release.'),
  CustomResourceDefinitionMissing: bad(
    'A kind that is needed is not installed.',
    'Apply the CRDs of this release, or start the operator with --manage-crds.',
  ),
  CertificateRequestDenied: bad(
    'A CertificateSigningRequest of a pod was denied or could not be signed.',
    'Remove the cause that the message gives; the pod asks again by itself.',
  ),
  ForeignObject: bad(
    'An object of a name that is needed belongs to somebody else; it is left alone.',
    'Rename or remove the object that the message names.',
  ),
  ConfigurationWarning: notice('The spec is accepted, but a value is taken in another way than written.'),
  CertificateExpiring: notice('A certificate that a user brought will expire soon.'),
  DriftRepaired: notice('Somebody changed an object of ours; it was set back.'),
} as const satisfies Readonly<Record<string, ReasonInfo>>;

/** Every reason there is. */
export const reasonCatalogue = { ...inherited, ...own } as const satisfies Readonly<
  Record<string, ReasonInfo>
>;

export type Reason = keyof typeof reasonCatalogue;

/** The reasons by name, for code that sets one: a misspelt reason does not compile. */
export const reasons = Object.fromEntries(Object.keys(reasonCatalogue).map((name) => [name, name])) as {
  readonly [Name in Reason]: Name;
};
