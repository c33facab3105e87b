import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ControlPlane } from '../control-plane/control-plane.ts';
import { operatorAccount } from '../cluster/operator.ts';

const { namespace, name } = operatorAccount;
const accountPath = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
const secretsPath = `/api/v1/namespaces/${namespace}/secrets`;

/** The folder with a pod's token, as a kubelet keeps it: files are links, and all change at once. */
export class AccountFolder {
  readonly path: string;
  readonly #cluster: ControlPlane;
  #token = '';
  #generation = 0;

  constructor(cluster: ControlPlane, path: string) {
    this.#cluster = cluster;
    this.path = path;
  }

  /** The token that the folder has. */
  get token(): string {
    return this.#token;
  }

  /** Replaces the token by a new one, as kubelets do when most of its time is over. */
  async renew(): Promise<void> {
    const generation = ++this.#generation;
    this.#token = await this.#request(generation);
    const data = `..data_${generation}`;
    await mkdir(join(this.path, data), { recursive: true });
    // The container's user is not this one.
    await chmod(this.path, 0o755);
    const files = { token: this.#token, 'ca.crt': this.#cluster.ca, namespace };
    for (const [file, content] of Object.entries(files))
      await writeFile(join(this.path, data, file), content);
    await symlink(data, join(this.path, '..data_tmp'));
    await rename(join(this.path, '..data_tmp'), join(this.path, '..data'));
    if (generation > 1) return;
    for (const file of Object.keys(files)) await symlink(join('..data', file), join(this.path, file));
  }

  /** Makes the API server refuse the token before the last, and takes its files away. */
  async revokeFormer(): Promise<void> {
    const former = this.#generation - 1;
    await rm(join(this.path, `..data_${former}`), { recursive: true });
    await this.#cluster.api.delete(`${secretsPath}/${secretOf(former)}`);
  }

  /** A token is good as long as the Secret that it is bound to exists. */
  async #request(generation: number): Promise<string> {
    const { api } = this.#cluster;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretOf(generation) } };
    const { metadata } = await api.create<{ metadata: { uid: string } }>(secretsPath, secret);
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        expirationSeconds: 3607,
        boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: secretOf(generation), uid: metadata.uid },
      },
    };
    const { status } = await api.create<{ status: { token: string } }>(`${accountPath}/token`, request);
    return status.token;
  }
}

const secretOf = (generation: number): string => `token-${generation}`;

/** Whether the API server takes a token. */
export async function isAccepted(cluster: ControlPlane, token: string): Promise<boolean> {
  const review = await cluster.api.create<{ status: { authenticated?: boolean } }>(
    '/apis/authentication.k8s.io/v1/tokenreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
  );
  return review.status.authenticated === true;
}
