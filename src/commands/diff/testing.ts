/** A cluster in memory, for tests. Never imported by the program. */
import type { KubeObject } from '../../api/kubernetes.ts';
import { resources } from '../../api/resources.ts';
import { resourceOf } from '../../apply/refs.ts';
import { selects } from '../../cache/selection.ts';
import type { KubeClient, Selection } from '../../kube/types.ts';
import { StatusError } from '../../kube/errors.ts';

/** A client that knows these objects and nothing else; what may not be read, it forbids. */
export function readerOf(
  objects: readonly KubeObject[],
  isForbidden: (selection: Selection) => boolean = () => false,
): KubeClient {
  const refuse = (code: number, reason: string): Promise<never> =>
    Promise.reject(new StatusError(reason, { code, reason }));
  const list = (selection: Selection): Promise<readonly KubeObject[]> =>
    isForbidden(selection)
      ? refuse(403, 'Forbidden')
      : Promise.resolve(
          objects.filter(
            (object) => resourceOf(object) === selection.resource && selects(selection, object) !== false,
          ),
        );
  const never = (): Promise<never> => Promise.reject(new Error('diff never writes'));
  return {
    list,
    get: async ({ name, ...selection }) => {
      const found = (await list(selection)).find(({ metadata }) => metadata.name === name);
      return found ?? refuse(404, 'NotFound');
    },
    getPath: (path) => Promise.resolve(path === '/version' ? { major: '1', minor: '36' } : { groups: [] }),
    apply: never,
    create: never,
    mergePatch: never,
    jsonPatch: never,
    replace: never,
    delete: never,
  };
}

/** A Linux node. */
export function linuxNode(name: string): KubeObject {
  const { kind } = resources.Node;
  return { apiVersion: 'v1', kind, metadata: { name, labels: { 'kubernetes.io/os': 'linux' } } };
}
