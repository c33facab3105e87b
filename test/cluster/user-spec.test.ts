/** The spec belongs to the user: no request of the operator ever writes it, nor metadata beyond the operator's finalizer. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { AuditedRequest } from '../control-plane/audit-log.ts';
import { eventually } from '../control-plane/eventually.ts';
import { useFreshCluster } from '../control-plane/shared.ts';
import {
  applyInstallation,
  describeRequest,
  holds,
  installationPath,
  operatorInstalled,
  operatorWrites,
  readInstallation,
  startInstalled,
  startLeader,
  stockSpec,
  untilQuiet,
  untilReady,
} from './harness.ts';
import type { Operator } from './operator.ts';

const cluster = useFreshCluster(operatorInstalled);
let operator: Operator | undefined;
let writes: readonly AuditedRequest[];

const ofInstallations = ({ resource }: AuditedRequest): boolean => resource.split('/')[0] === 'installations';

/** Install, change, refusal, its cure, restart, deletion. */
beforeAll(async () => {
  const { api, auditLog } = cluster();
  const beginning = await auditLog.mark();
  operator = await startInstalled(cluster());
  await applyInstallation(api, { ...stockSpec, nodeMetricsPort: 9099 });
  await untilReady(api);
  await applyInstallation(api, { ...stockSpec, imagePullSecrets: [{ name: 'not-there' }] });
  await eventually(async () => holds(await readInstallation(api), 'Degraded'));
  await applyInstallation(api);
  await untilReady(api);
  await operator.stop();
  operator = await startLeader(cluster());
  await untilQuiet(cluster());
  await api.delete(installationPath);
  await eventually(async () => (await api.find(installationPath)) === undefined);
  writes = (await operatorWrites(cluster(), beginning)).filter(ofInstallations);
});
afterAll(() => operator?.stop());

test('each kind of write was made, and its body is in the audit log', () => {
  const kinds = new Set(writes.map(({ verb, resource }) => `${verb} ${resource}`));
  expect([...kinds].sort()).toEqual(['patch installations', 'patch installations/status']);
  expect(writes.filter(({ body }) => body === undefined).map(describeRequest)).toEqual([]);
});

test('beyond the status only the finalizer is written', () => {
  const fields = writes.map(({ resource, body }) => ({ resource, fields: fieldsOf(body) }));
  const allowed: Readonly<Record<string, RegExp>> = {
    installations: /^metadata\.(finalizers|resourceVersion|uid)$/,
    'installations/status': /^(apiVersion|kind|metadata\.(name|uid|resourceVersion)|status\..*)$/,
  };
  const others = fields.flatMap((request) =>
    request.fields.filter((field) => allowed[request.resource]?.test(field) !== true),
  );
  expect(others).toEqual([]);
});

/** Fields of an object two levels deep, as `metadata.name`. */
function fieldsOf(body: unknown): readonly string[] {
  return Object.entries(body as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0
      ? Object.keys(value).map((inner) => `${name}.${inner}`)
      : [name],
  );
}
