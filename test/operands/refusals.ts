import { readFile } from 'node:fs/promises';

import type { AuditMark, AuditedRequest } from '../control-plane/audit-log.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';

/** Users whose requests count: the accounts of Calico's own programs. */
const accounts = 'system:serviceaccount:calico-system:';

/** Statuses with which the server turned somebody down; a missing object or a conflict is ordinary. */
const refused = new Set([400, 401, 403, 405, 406, 415, 422]);

/** What Calico's accounts asked for since the mark and were denied, one line each. */
export async function deniedRequests(cluster: ControlPlane, mark: AuditMark): Promise<readonly string[]> {
  const requests = await cluster.auditLog.since(mark);
  const denied = requests.filter(({ user, code }) => user.startsWith(accounts) && refused.has(code));
  return [...new Set(denied.map(describe))];
}

/** Which of Calico's accounts made requests since the mark: those whose rights are proven. */
export async function activeAccounts(cluster: ControlPlane, mark: AuditMark): Promise<readonly string[]> {
  const requests = await cluster.auditLog.since(mark);
  const users = requests.map(({ user }) => user).filter((user) => user.startsWith(accounts));
  return [...new Set(users)].map((user) => user.slice(accounts.length)).sort();
}

function describe({ user, verb, group, resource, name, code, uri }: AuditedRequest): string {
  const what = resource === '' ? uri : [group, resource, name].filter((part) => part !== '').join('/');
  return `${user.slice(accounts.length)} ${verb} ${what}: ${code}`;
}

/** The lines of logs in which a program complains about rights, tokens or certificates. */
export async function complaints(files: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text) =>
    text.split('\n').filter((line) => /forbidden|unauthorized|x509/i.test(line)),
  );
}
