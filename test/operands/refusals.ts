import { readFile } from 'node:fs/promises';

import type { AuditMark, AuditedRequest } from '../control-plane/audit-log.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';

/** Users whose requests count: the accounts of Calico's own programs. */
const accounts = 'system:serviceaccount:calico-system:';

/** Statuses with which the server turned somebody down; a missing object or a conflict is ordinary. */
const refused = new Set([400, 401, 403, 405, 406, 415, 422]);

/** Groups whose kinds come with the operator: that such a kind is not served is a fault of ours. */
const ownGroups = new Set(['crd.projectcalico.org', 'policy.networking.k8s.io']);

/** What Calico's accounts asked for since the mark and were denied, or found no such kind for; one line each. */
export async function deniedRequests(cluster: ControlPlane, mark: AuditMark): Promise<readonly string[]> {
  const requests = await cluster.auditLog.since(mark);
  const denied = requests.filter(
    (request) => request.user.startsWith(accounts) && (refused.has(request.code) || isOfMissingKind(request)),
  );
  return [...new Set(denied.map(describe))];
}

/** The resources that one of Calico's accounts watches, or watched since the mark. */
export async function watchedBy(
  cluster: ControlPlane,
  mark: AuditMark,
  account: string,
): Promise<readonly string[]> {
  const filter = { user: accounts + account, verb: 'watch' };
  const granted = (await cluster.auditLog.since(mark, filter)).filter(({ code }) => code === 200);
  return [...new Set(granted.map(({ resource }) => resource))];
}

/** Whether one of Calico's accounts was served anything since the mark, so that its rights are proven. */
export async function isServed(cluster: ControlPlane, mark: AuditMark, account: string): Promise<boolean> {
  const requests = await cluster.auditLog.since(mark, { user: accounts + account });
  return requests.some(({ code, resource }) => code < 300 && resource !== '');
}

function isOfMissingKind({ verb, group, code }: AuditedRequest): boolean {
  return code === 404 && (verb === 'list' || verb === 'watch') && ownGroups.has(group);
}

function describe({ user, verb, group, resource, name, code, uri }: AuditedRequest): string {
  const what = resource === '' ? uri : [group, resource, name].filter((part) => part !== '').join('/');
  return `${user.slice(accounts.length)} ${verb} ${what}: ${code}`;
}

const linesOfEachLog = 3;
const complaint = /forbidden|unauthorized|x509: |tls: /i;

/** The first lines of each log in which a program complains about rights, tokens or certificates. */
export async function complaints(files: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => complaint.test(line))
      .slice(0, linesOfEachLog),
  );
}
