import { describe, expect, test } from '@jest/globals';
import type { FelixConfiguration } from '../../api/calico.ts';
import type { DaemonSet } from '../../api/kubernetes.ts';
import { type BpfFacts, bpfPhase } from './bpf-phase.ts';

const felix = (bpfEnabled?: boolean): FelixConfiguration => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'FelixConfiguration',
  metadata: { name: 'default' },
  spec: bpfEnabled === undefined ? {} : { bpfEnabled },
});

interface NodeState {
  readonly template?: 'bpf' | 'other' | 'without bpffs' | 'without init container';
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly bootstrap?: readonly { readonly name: string; readonly value: string }[];
  readonly status?: Partial<NonNullable<DaemonSet['status']>>;
}

/** calico-node on three nodes, rolled out unless said otherwise. */
function node({ template = 'bpf', env = [], bootstrap = [], status = {} }: NodeState = {}): DaemonSet {
  const command = ['calico-node', '-init', ...(template === 'other' ? ['-best-effort'] : [])];
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'calico-node', namespace: 'calico-system', generation: 2 },
    spec: {
      selector: {},
      template: {
        spec: {
          initContainers:
            template === 'without init container'
              ? []
              : [{ name: 'ebpf-bootstrap', command, env: bootstrap }],
          containers: [{ name: 'calico-node', env }],
          volumes: template === 'without bpffs' ? [] : [{ name: 'bpffs' }],
        },
      },
    },
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      ...status,
    },
  };
}

const on = { bpfEnabled: true, bpfTemplate: true };
const off = { bpfEnabled: false, bpfTemplate: false };
const rollingOut = { bpfEnabled: false, bpfTemplate: true };

type Case = readonly [string, Partial<BpfFacts>, object, RegExp?];

const check =
  (wanted: boolean) =>
  // As a rest: jest would take a fourth parameter that is not given for a callback.
  (...[, facts, phase, waiting]: Case) => {
    const stand = bpfPhase({ wanted, nodePods: 3, kubeProxyAway: false, ...facts });
    expect(stand.phase).toEqual(phase);
    if (waiting === undefined) expect(stand.waiting).toBeUndefined();
    else expect(stand.waiting).toMatch(waiting);
  };

describe('on', () => {
  test.each<Case>([
    ['at once where nothing runs', { nodePods: 0 }, on],
    ['at once where nothing runs, whatever was left behind', { nodePods: 0, felix: felix(false) }, on],
    ['not while pods run whose DaemonSet somebody took away', {}, rollingOut, /switched on when/],
    [
      'not before the template is rolled out',
      { felix: felix(false), node: node({ template: 'other' }) },
      rollingOut,
      /new template$/,
    ],
    [
      'not on a template without bpffs',
      { felix: felix(false), node: node({ template: 'without bpffs' }) },
      rollingOut,
      /switched on when/,
    ],
    [
      'not on a template from before the init container',
      { node: node({ template: 'without init container' }) },
      rollingOut,
      /switched on when/,
    ],
    [
      'not while its controller has not seen the template',
      { felix: felix(false), node: node({ status: { observedGeneration: 1 } }) },
      rollingOut,
      /0 of 3/,
    ],
    [
      'not while a pod is of the old template',
      { felix: felix(false), node: node({ status: { updatedNumberScheduled: 2 } }) },
      rollingOut,
      /2 of 3/,
    ],
    [
      'not while a pod is not available',
      { felix: felix(false), node: node({ status: { numberAvailable: 1 } }) },
      rollingOut,
      /1 of 3/,
    ],
    [
      'not while a node has no pod yet',
      { felix: felix(false), node: node({ status: { currentNumberScheduled: 2 } }) },
      rollingOut,
      /2 of 3/,
    ],
    [
      'not before there is any status',
      { node: { ...node(), status: undefined } as unknown as DaemonSet },
      rollingOut,
      /0 of 0/,
    ],
    ['when every node runs it', { felix: felix(false), node: node() }, on],
    ['when every node runs it, and nobody said anything so far', { felix: felix(), node: node() }, on],
    [
      'stays on when a node fails',
      { felix: felix(true), node: node({ status: { numberAvailable: 2 } }) },
      on,
    ],
    [
      'stays on while another template rolls out',
      { felix: felix(true), node: node({ status: { observedGeneration: 1 } }) },
      on,
    ],
    [
      'at once where a variable has it on already',
      {
        felix: felix(),
        node: node({ template: 'other', env: [{ name: 'FELIX_BPFENABLED', value: 'true' }] }),
      },
      on,
    ],
    [
      'not where the variable has it off',
      { node: node({ template: 'other', env: [{ name: 'FELIX_BPFENABLED', value: 'false' }] }) },
      rollingOut,
      /switched on when/,
    ],
  ])('%s', check(true));
});

describe('off', () => {
  test.each<Case>([
    ['never was on', { felix: felix(false), node: node({ template: 'other' }) }, off],
    ['nothing is there', { nodePods: 0 }, off],
    ['at once where kube-proxy runs', { felix: felix(true), node: node() }, off],
    [
      'not while kube-proxy is away',
      { felix: felix(true), node: node(), kubeProxyAway: true },
      on,
      /when kube-proxy serves/,
    ],
    [
      'what is off stays off, whatever kube-proxy does',
      { felix: felix(false), node: node(), kubeProxyAway: true },
      off,
    ],
  ])('%s', check(false));

  test('keeps the addresses that nodes start with until it is over', () => {
    const bootstrap = [
      { name: 'KUBERNETES_SERVICE_IPS_PORTS', value: '10.96.0.1:443' },
      { name: 'KUBERNETES_APISERVER_ENDPOINTS', value: '10.0.0.1:6443,10.0.0.2:6443' },
    ];
    const facts = { wanted: false, felix: felix(true), node: node({ bootstrap }), nodePods: 3 };
    expect(bpfPhase({ ...facts, kubeProxyAway: true }).phase).toEqual({
      ...on,
      bootstrap: { services: ['10.96.0.1:443'], endpoints: ['10.0.0.1:6443', '10.0.0.2:6443'] },
    });
    expect(bpfPhase({ ...facts, kubeProxyAway: false }).phase).toEqual(off);
  });
});
