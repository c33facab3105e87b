/** Definitions for tests. */
import { markCrd } from '../../api/crds.ts';
import type { Crd, CrdVersion, Schema } from './types.ts';

/** A definition of `tests.example.org` without marks. */
export function makeCrd(schema: Schema = {}, version: Partial<CrdVersion> = {}): Crd {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'tests.example.org' },
    spec: {
      group: 'example.org',
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version },
      ],
    },
  };
}

/** The same under our mark. */
export const ofRelease = (release: string, schema?: Schema): Crd => markCrd(makeCrd(schema), release);

/** As the API server answers with it. */
export const stored = (crd: Crd, extra: object = {}, established = true): Crd =>
  ({
    ...crd,
    metadata: { ...crd.metadata, resourceVersion: '7', ...extra },
    spec: { ...crd.spec, conversion: { strategy: 'None' } },
    status: { conditions: [{ type: 'Established', status: established ? 'True' : 'False' }] },
  }) as Crd;
