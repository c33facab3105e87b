import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

import { controlPlaneComponents } from './build/components.ts';
import type { Part } from './types.ts';

const required: readonly Part[] = ['kube-apiserver', 'etcd'];

/**
 * The programs in a folder as `setup-envtest` makes it, and which of a whole control plane it lacks.
 * @throws Error if the API server or etcd is not there.
 */
export async function assetPrograms(
  directory: string,
): Promise<{ programs: Partial<Record<Part, string>>; missing: readonly Part[] }> {
  const programs: Partial<Record<Part, string>> = {};
  const missing: Part[] = [];
  for (const part of controlPlaneComponents) {
    const path = join(directory, part);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) programs[part] = path;
    else missing.push(part);
  }
  const lacking = missing.filter((part) => required.includes(part));
  if (lacking.length > 0) {
    throw new Error(
      `KUBEBUILDER_ASSETS=${directory} has no ${lacking.join(' and no ')}; unset it or name another folder`,
    );
  }
  return { programs, missing };
}
