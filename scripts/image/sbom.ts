/** The bill of materials of the image, as CycloneDX in JSON: the same bytes for the same content. Pure. */

/** A part of the image. */
export interface Component {
  readonly 'bom-ref'?: string;
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly [field: string]: unknown;
}

/** What of the format is looked at. */
export interface Bom {
  readonly serialNumber?: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [field: string]: unknown;
}

/** A file that was taken out of the base image. */
export interface CopiedFile {
  /** Where it is in the image. */
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * What `npm sbom` tells of the lock file, reduced to what is in the bundle, and without time and chance.
 * @param bundled packages in the bundle, as `undici@8.12.4`
 * @throws Error for a package that the lock file does not have
 */
export function bundleBom(bom: Bom, bundled: readonly string[]): Bom {
  const { serialNumber: _serial, ...rest } = bom;
  const { timestamp: _timestamp, ...metadata } = bom.metadata;
  const components = bom.components.filter((each) => bundled.includes(each['bom-ref'] ?? ''));
  const known = new Set(components.map((each) => each['bom-ref']));
  const missing = bundled.filter((ref) => !known.has(ref));
  if (missing.length > 0) throw new Error(`in the bundle, but not in the lock file: ${missing.join(', ')}`);
  const program = { ...metadata.component, name: 'calico-operator', type: 'application' };
  const refs = new Set([program, ...components].map((component) => component['bom-ref']));
  return {
    ...rest,
    metadata: { ...metadata, component: program },
    components,
    dependencies: bom.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
  };
}

/** The same with Node and the libraries that it loads. `epoch`: seconds since 1970. */
export function imageBom(
  bom: Bom,
  base: { readonly node: string; readonly files: readonly CopiedFile[]; readonly epoch: number },
): Bom {
  const node: Component = {
    'bom-ref': `node@${base.node}`,
    type: 'platform',
    name: 'node',
    version: base.node,
    purl: `pkg:generic/node@${base.node}`,
  };
  const files = base.files.map(
    ({ path, sha256 }): Component => ({
      'bom-ref': `file:${path}`,
      type: 'file',
      name: path,
      hashes: [{ alg: 'SHA-256', content: sha256 }],
    }),
  );
  return {
    ...bom,
    metadata: { ...bom.metadata, timestamp: new Date(base.epoch * 1000).toISOString() },
    components: [...bom.components, node, ...files],
  };
}
