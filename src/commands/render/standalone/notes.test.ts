import { describe, expect, test } from '@jest/globals';
import { testConsole } from '../../testing.ts';
import { readDocuments } from '../../documents.ts';
import { runRender } from '../render.ts';
import { annotate } from './print.ts';

async function render(pools = ''): Promise<string> {
  const console = testConsole(`apiVersion: operator.tigera.io/v1
kind: Installation
metadata: {name: default}
spec: {calicoNetwork: {${pools}}}
`);
  await runRender(['--standalone', '-f', '-'], console);
  return console.output();
}

/** The comment right above a line. */
function commentAbove(text: string, line: RegExp): string {
  const lines = text.split('\n');
  const at = lines.findIndex((each) => line.test(each));
  const above = lines.slice(0, at).reverse();
  const length = above.findIndex((each) => !each.trimStart().startsWith('#'));
  return above
    .slice(0, length)
    .reverse()
    .map((each) => each.trim())
    .join('\n');
}

describe('each setting that guides edit has its comment right above', () => {
  test.each([
    [
      'the range of pods',
      /- name: CALICO_IPV4POOL_IPIP$/,
      '# - name: CALICO_IPV4POOL_CIDR\n#   value: 192.168.0.0/16',
    ],
    ['encapsulation', /- name: CALICO_IPV4POOL_IPIP$/, 'IP-in-IP and VXLAN'],
    ['BGP', /- name: CALICO_NETWORKING_BACKEND$/, 'VXLAN without BGP'],
    ['addresses of nodes', /- name: IP_AUTODETECTION_METHOD$/, 'interface=eth.*'],
    ['IPv6', /- name: IP6$/, 'FELIX_IPV6SUPPORT'],
    ['Felix', /- name: FELIX_DEFAULTENDPOINTTOHOSTACTION$/, '# - name: FELIX_LOGSEVERITYSCREEN'],
    ['MTU', /^ {2}config: /, 'veth_mtu'],
    ['registry', /image: quay\.io\/calico\/node:/, 'another registry'],
  ])('%s', async (_name, line, said) => {
    expect(commentAbove(await render(), line)).toContain(said);
  });

  test('the range also where it is given', async () => {
    const text = await render('ipPools: [{cidr: 10.1.0.0/16}]');
    expect(commentAbove(text, /- name: CALICO_IPV4POOL_CIDR$/)).toContain('--pod-network-cidr');
    expect(text).not.toMatch(/# *- name: CALICO_IPV4POOL_CIDR/);
  });
});

test('as guides do it: with the comment signs taken away, the variable is there', async () => {
  const edited = (await render())
    .replace('# - name: CALICO_IPV4POOL_CIDR', '- name: CALICO_IPV4POOL_CIDR')
    .replace('#   value: 192.168.0.0/16', '  value: 10.9.0.0/16');
  const node = readDocuments(edited, '-').find(
    ({ object }) => object.kind === 'DaemonSet' && object.metadata.name === 'calico-node',
  );
  expect(JSON.stringify(node)).toContain('{"name":"CALICO_IPV4POOL_CIDR","value":"10.9.0.0/16"}');
});

test('a note stands before the first line that it fits, as far in', () => {
  const notes = [{ before: /b:/, lines: ['one', 'two'] }];
  expect(annotate('a:\n  b: 1\n  b: 2\n', notes)).toBe('a:\n  # one\n  # two\n  b: 1\n  b: 2\n');
});
