import { expect, test } from '@jest/globals';
import type { ResourceRequirements } from '../../../api/kubernetes.ts';
import { resourceMistakes } from './resources.ts';

const fieldsOf = (resources: ResourceRequirements) =>
  resourceMistakes(resources, 'r').map(({ field }) => field);

test('huge pages come in whole pages and beside cpu or memory', () => {
  const pages = { cpu: '1', 'hugepages-2Mi': '4Mi' };
  expect(fieldsOf({ limits: pages, requests: pages })).toEqual([]);
  expect(fieldsOf({ limits: { 'hugepages-2Mi': '4Mi' } })).toEqual(['r']);
  expect(fieldsOf({ limits: { cpu: '1', 'hugepages-2Mi': '3Mi' } })).toEqual(['r.limits']);
  expect(fieldsOf({ limits: { cpu: '1', 'hugepages-big': '3Mi' } })).toEqual(['r.limits']);
});

test('claims are for pods that declare some', () => {
  expect(fieldsOf({ claims: [{ name: 'gpu' }] })).toEqual(['r.claims']);
  expect(fieldsOf({ claims: [] })).toEqual([]);
});
