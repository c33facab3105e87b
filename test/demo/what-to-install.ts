import { join } from 'node:path';

import { repository } from '../../scripts/bundle/bundle.ts';
import type { Installation } from '../../src/api/installation.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { DocumentError } from '../../src/commands/documents.ts';
import { readManifest } from '../cluster/manifests.ts';
import { DemoFailure } from './failure.ts';

/** What a user without wishes applies. */
export const stockFile = join(repository, 'deploy', 'manifests', 'custom-resources.yaml');

/** A file that is to be applied, and what the demo needs to know of it. */
export interface WhatToInstall {
  readonly file: string;
  readonly objects: readonly KubeObject[];
  readonly installation: Installation;
}

/** Reads the file. @throws DemoFailure if it is not readable, or has no Installation named default. */
export async function readWhatToInstall(file: string): Promise<WhatToInstall> {
  const objects = await readManifest(file).catch((error: unknown) => {
    if (error instanceof DocumentError) throw new DemoFailure(error.message, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new DemoFailure(`--file ${file} is not readable: ${reason}`, { cause: error });
  });
  const installation = objects.find(isInstallation);
  if (installation === undefined) {
    const lacking = 'has no Installation named default, without which nothing is installed';
    throw new DemoFailure(`--file ${file} ${lacking}; ${stockFile} is one that has`);
  }
  return { file, objects, installation };
}

function isInstallation(object: KubeObject): object is Installation {
  const { apiVersion, kind, metadata } = object;
  return apiVersion === 'operator.tigera.io/v1' && kind === 'Installation' && metadata.name === 'default';
}

const laterKinds = ['APIServer', 'Goldmane', 'Whisker'];

/** A line about objects that the API server takes and this release does nothing for; undefined without such. */
export function describeLater(objects: readonly KubeObject[]): string | undefined {
  const later = objects.filter(({ kind }) => laterKinds.includes(kind)).map(({ kind }) => kind);
  if (later.length === 0) return undefined;
  return `${later.join(', ')}: accepted and stored, but a later release of the operator installs what they ask for.`;
}
