/** Directories of the hosts that pods mount. */

/** Why the API server would not take the path in a pod; undefined if all is well. */
export function hostPathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'it is not an absolute path of the host';
  return path.split('/').includes('..') ? 'a path in a pod must not lead upwards by ".."' : undefined;
}
