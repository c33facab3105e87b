/** Fields that this operator adds to the API. All optional; without them a spec means what Calico documents. */
import { atomicList, integer, mapList, object, oneOf, optional, text } from '../kit.ts';

const typha = object('When Typha runs between the API server and calico-node.', {
  mode: optional(
    oneOf(
      ['Auto', 'Always', 'Never'],
      'Auto runs Typha on clusters of more than nodeThreshold nodes. Default: Auto.',
    ),
  ),
  nodeThreshold: optional(
    integer('With Auto: number of nodes above which Typha runs. Default: 50.', {
      minimum: 1,
      maximum: 100000,
    }),
  ),
  switchOffPercent: optional(
    integer(
      'With Auto: Typha goes when there are fewer nodes than this share of nodeThreshold, in percent. Default: 80.',
      {
        minimum: 1,
        maximum: 100,
      },
    ),
  ),
  switchOffAfterSeconds: optional(
    integer('With Auto: how long there must be fewer before Typha goes, in seconds. Default: 600.', {
      minimum: 0,
      maximum: 86400,
    }),
  ),
});

const hostIntegration = object('What the operator arranges with other software of the host. No effect yet.', {
  networkManager: optional(
    oneOf(
      ['Managed', 'Unmanaged'],
      "Managed writes a file on each node that keeps NetworkManager off Calico's interfaces. Default: Unmanaged.",
    ),
  ),
});

const imageReferencePart = {
  maxLength: 512,
  rules: [
    {
      rule: 'self.matches("^[a-zA-Z0-9][a-zA-Z0-9._:/-]*$") && !self.contains("//")',
      message:
        'must be a registry, optionally with a path, without scheme: for example registry.example.com:5000/calico',
    },
  ],
};

const imageMirror = object('Other places to pull the images of one source from.', {
  source: text('Prefix of image references, for example quay.io/calico.', imageReferencePart),
  mirrors: atomicList(
    text('Registry and path that stand in for the source.', imageReferencePart),
    'In order of preference. The next one is tried when pulling fails.',
    { minItems: 1, maxItems: 16 },
  ),
});

const reconcile = object('Whether the operator acts on what it finds.', {
  mode: optional(
    oneOf(
      ['Apply', 'Plan', 'Paused'],
      'Apply makes changes. Plan shows in status what would change. Paused does nothing but report. Default: Apply. No effect yet: it applies.',
    ),
  ),
});

/** Additive fields of the Installation's spec. */
export const additions = {
  typha: optional(typha),
  deletionPolicy: optional(
    oneOf(
      ['Retain', 'Purge'],
      'What deleting the Installation leaves on the nodes. Retain: files and interfaces stay. Purge: nodes are cleaned. Default: Retain. No effect yet: it retains.',
    ),
  ),
  hostIntegration: optional(hostIntegration),
  imageMirrors: optional(
    mapList(imageMirror, ['source'], 'Mirrors of image registries. No effect yet.', { maxItems: 32 }),
  ),
  reconcile: optional(reconcile),
};
