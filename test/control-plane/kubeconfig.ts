import { writeFile } from 'node:fs/promises';

/** Who a kubeconfig stands for. */
export type Credentials =
  | { readonly clientCertificate: string; readonly clientKey: string }
  | { readonly token: string };

/** Writes a kubeconfig. It is JSON, which is YAML too; certificates are PEM texts. */
export async function writeKubeconfig(
  path: string,
  server: string,
  ca: string,
  credentials: Credentials,
): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : {
          'client-certificate-data': base64(credentials.clientCertificate),
          'client-key-data': base64(credentials.clientKey),
        };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: 'user', user }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'user' } }],
    'current-context': 'local',
  };
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}
