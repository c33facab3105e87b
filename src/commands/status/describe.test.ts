import { describe, expect, test } from '@jest/globals';
import { emptyReport } from '../../status/types.ts';
import { describeStatus } from './describe.ts';
import * as examples from './examples.ts';
import type { StatusFacts } from './facts.ts';
import { describeProgress } from './progress.ts';
import { reportStatus } from './report.ts';
import { exitCodeOf } from './state.ts';
import { type Paint, plain } from '../text.ts';

const { empty, now } = examples;
const report = (facts: StatusFacts) => reportStatus(facts, now, '1.2.3');
const shown = (facts: StatusFacts, paint: Paint = plain): string =>
  `${describeStatus(report(facts), now, paint).join('\n')}\n`;

describe('what a person sees', () => {
  test('not installed', () => {
    expect(shown(empty)).toBe(`Calico is not installed: there is no Installation named default
Create one, for example with kubectl create -f custom-resources.yaml.

Versions
  Calico        not available yet
  this program  1.2.3, installs Calico v3.32.1
  Kubernetes    v1.36.1 at https://10.0.0.1:6443
`);
  });

  test('no CRD', () => {
    const unreadable = ['installations.operator.tigera.io', 'ippools.crd.projectcalico.org'].map(
      (resource) => ({ resource, state: 'missing' as const }),
    );
    const text = shown({ ...empty, unreadable });
    expect(text).toMatch(
      /^Calico is not installed: the CustomResourceDefinition installations\.operator\.tigera\.io is missing\nApply the CRDs/,
    );
    expect(text).not.toContain('ippools');
  });

  test('installing', () => {
    expect(shown(examples.installing)).toBe(`Calico is being installed

Conditions
  Ready        False  ResourceNotReady  for 3m
    DaemonSet calico-system/calico-node: 1 of 3 pods available
  Progressing  True   ResourceNotReady  for 3m
  Degraded     False  ResourceNotReady  for 3m
    Nothing has failed

Components
  calico-node  1/3 ready  2/3 up to date

Nodes with trouble
  (no node yet)  calico-node  container calico-node is starting
  node-b         calico-node  container calico-node is starting

TigeraStatus
  calico  Progressing  for 3m  ResourceNotReady: DaemonSet calico-system/calico-node: 1 of 3 pods available

Versions
  Calico        not available yet
  this program  1.2.3, installs Calico v3.32.1
  Kubernetes    v1.36.1 at https://10.0.0.1:6443
`);
  });

  test('ready', () => {
    expect(shown(examples.ready)).toBe(`Calico v3.32.1 is available

Conditions
  Ready        True   AllObjectsAvailable  for 3m
    All objects available
  Progressing  False  AllObjectsAvailable  for 3m
  Degraded     False  AllObjectsAvailable  for 3m

Components
  calico-kube-controllers  1/1 ready
  calico-node              3/3 ready

IP pools
  default-ipv4-ippool  10.244.0.0/16  VXLANCrossSubnet  NAT outgoing  blocks of /26
  old                  10.9.0.0/16    no encapsulation  no NAT        blocks of /26  gives out no addresses

TigeraStatus
  calico   Available  for 3m
  ippools  Available  for 3m

Versions
  Calico        v3.32.1
  this program  1.2.3
  Kubernetes    v1.36.1 at https://10.0.0.1:6443
`);
  });

  test('what is customised, in every state', () => {
    const customised = [
      { block: 'calicoNodeDaemonSet', changes: ['calico-node env: FELIX_A', 'priorityClassName'] },
      { block: 'typhaDeployment', changes: ['tolerations'] },
    ];
    const [installed] = examples.ready.installations;
    const facts = {
      ...examples.ready,
      installations: [{ ...installed!, status: { ...installed?.status, customised } }],
    };
    expect(shown(facts)).toContain(`
Customised
  calicoNodeDaemonSet
    calico-node env: FELIX_A
    priorityClassName
  typhaDeployment
    tolerations

Versions
`);
    expect(report(facts).customised).toEqual(customised);
  });

  test('crash loop: the gravest trouble first, with node, container and reason', () => {
    expect(shown(examples.crashLoop)).toContain(`Nodes with trouble
  node-c  calico-node  container calico-node crash-loops (Error, exit code 1)
  node-a  calico-node  container calico-node is starting
`);
    expect(shown(examples.crashLoop)).toMatch(/^Calico v3\.32\.1 is degraded\n/);
  });

  test('refused: the cure stands there', () => {
    const text = shown(examples.refused);
    expect(text).toMatch(/^What the Installation asks for is refused; what runs stays as it is\n/);
    expect(text).toContain(
      '    Installation default: spec.calicoNetwork.ipPools[0].cidr "10.0.0.0/40": it is no range. Write it as 10.0.0.0/16.\n',
    );
    expect(text).toMatch(/Stalled +True +InvalidConfigurationError/);
  });

  test('deleting', () => {
    const text = shown(examples.deleting);
    expect(text).toMatch(/^Calico v3\.32\.1 is being removed\n/);
    expect(text).toContain('    waiting for 2 pods to end\n');
  });

  test('no more than twenty troubles', () => {
    const pods = Array.from({ length: 23 }, (_, index) => examples.pod(`n${index}`, examples.crashing));
    const lines = shown({ ...examples.crashLoop, pods }).split('\n');
    expect(lines.filter((line) => line.includes('crash-loops (') && line.startsWith('  n'))).toHaveLength(20);
    expect(lines).toContain('  and 3 more; -o json has all of them');
  });

  test('what cannot be read, and what is ignored, is a warning', () => {
    const text = shown({
      ...examples.ready,
      installations: [
        ...examples.ready.installations,
        examples.installation(undefined, { metadata: { name: 'mine' } }),
      ],
      unreadable: [{ resource: 'pods', state: 'forbidden' }],
    });
    expect(text).toContain(
      'Warnings\n  Installation mine: only those named default and overlay are acted on.',
    );
    expect(text).toContain('  pods: you may not list or watch it, so nothing of it is shown.');
  });

  test('colours mark what is good and bad, and columns stay columns', () => {
    const marks = { good: '+', waiting: '~', bad: '!', title: '#' } as const;
    const text = shown(examples.crashLoop, (style, word) => `${marks[style]}${word}`);
    expect(text).toMatch(/^!Calico v3\.32\.1 is degraded\n/);
    expect(text).toContain('Degraded     !True   PodFailure');
    expect(text).toContain('calico-node              ~2/3 ready');
    expect(text).toContain('+1/1 ready');
    expect(text).toContain('#Components');
  });
});

describe('states and exit codes', () => {
  const unobserved = examples.installation(emptyReport, { metadata: { generation: 2 } });

  test.each<[string, StatusFacts, number]>([
    ['ready', examples.ready, 0],
    ['progressing', examples.installing, 1],
    ['degraded', examples.crashLoop, 1],
    ['refused', examples.refused, 1],
    ['deleting', examples.deleting, 1],
    ['unattended', { ...empty, installations: [examples.installation(undefined)] }, 1],
    ['unattended', { ...examples.ready, installations: [unobserved] }, 1],
    ['not-installed', empty, 3],
    [
      'not-installed',
      { ...empty, installations: [examples.installation(emptyReport, { metadata: { name: 'overlay' } })] },
      3,
    ],
  ])('%s', (state, facts, code) => {
    expect(report(facts).state).toBe(state);
    expect(exitCodeOf(report(facts).state)).toBe(code);
  });

  test('a status of an earlier generation is no good news', () => {
    expect(report({ ...examples.ready, installations: [unobserved] })).toMatchObject({
      message:
        'The latest change of the Installation is not taken up yet; the conditions speak of the one before',
      cure: expect.stringContaining('kubectl -n tigera-operator get pods') as unknown,
    });
  });
});

describe('progress', () => {
  test('the first look tells all, the next only what is new', () => {
    const first = report(examples.installing);
    expect(describeProgress(undefined, first)).toEqual([
      'Calico is being installed',
      'Progressing: DaemonSet calico-system/calico-node: 1 of 3 pods available',
      'calico-node: 1/3 ready',
    ]);
    expect(describeProgress(first, first)).toEqual([]);
    expect(describeProgress(first, report(examples.ready))).toEqual([
      'Calico v3.32.1 is available',
      'calico-kube-controllers: 1/1 ready',
      'calico-node: 3/3 ready',
    ]);
    expect(describeProgress(report(examples.ready), report(examples.crashLoop))).toEqual([
      'Calico v3.32.1 is degraded',
      'Degraded: DaemonSet calico-system/calico-node: container calico-node crash-loops (Error, exit code 1) on node node-c',
      'calico-node: 2/3 ready',
      'node-c: calico-node: container calico-node crash-loops (Error, exit code 1)',
    ]);
  });
});
