import { describe, expect, test } from '@jest/globals';
import { DocumentError, readDocuments } from './documents.ts';

const installation = `# a comment
apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
spec:
  calicoNetwork:
    ipPools:
      - cidr: 10.0.0.0/16
        blockSize: 26
      - name: second
        cidr: 10.1.0.0/16
`;

describe('reading documents', () => {
  test('knows the line of every field, and of the nearest one that was written', () => {
    const [source] = readDocuments(installation, 'a.yaml');
    expect(source?.object.metadata.name).toBe('default');
    expect(source?.lineOf('spec.calicoNetwork.ipPools[0].blockSize')).toBe(10);
    expect(source?.lineOf('spec.calicoNetwork.ipPools[1].cidr')).toBe(12);
    expect(source?.lineOf('spec.calicoNetwork.ipPools[1]')).toBe(11);
    expect(source?.lineOf('spec.calicoNetwork.ipPools[1].encapsulation')).toBe(11);
    expect(source?.lineOf('spec.registry')).toBe(6);
    expect(source?.lineOf('metadata[name]')).toBe(5);
    expect(source?.lineOf('data[tls.crt]')).toBe(2);
    expect(source?.lineOf('spec..x[]')).toBe(6);
    expect(source?.lineOf()).toBe(2);
  });

  test('opens lists and several documents, and passes over empty ones', () => {
    const text = `---\n---\n${installation}---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Node\n  metadata: {name: a}\n`;
    const sources = readDocuments(text, '-');
    expect(sources.map(({ object }) => `${object.kind}/${object.metadata.name}`)).toEqual([
      'Installation/default',
      'Node/a',
    ]);
    expect(sources[1]?.lineOf('metadata.name')).toBe(21);
  });

  test('reads JSON', () => {
    const [source] = readDocuments('{"apiVersion":"v1",\n"kind":"Node",\n"metadata":{"name":"n"}}', 'n.json');
    expect(source?.object.kind).toBe('Node');
    expect(source?.lineOf('metadata')).toBe(3);
  });

  test.each([
    ['a: [', /^x\.yaml:\d+: not readable/],
    ['a: 1\nb: 2\na: 3', /^x\.yaml:3: not readable.*duplicate/i],
    ['just text', /^x\.yaml:1: expected a Kubernetes object/],
    ['\nkind: Node', /^x\.yaml:2: apiVersion is missing/],
    ['apiVersion: v1\nmetadata: {name: a}', /kind is missing/],
    ['apiVersion: v1\nkind: Node', /Node has no metadata.name/],
  ])('refuses %j with file and line', (text, message) => {
    expect(() => readDocuments(text, 'x.yaml')).toThrow(DocumentError);
    expect(() => readDocuments(text, 'x.yaml')).toThrow(message);
  });
});
