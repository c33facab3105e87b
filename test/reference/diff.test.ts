import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { applyDefaults } from './defaults.ts';
import { diff } from './diff.ts';
import type { JsonObject } from './json.ts';
import { normalise } from './normalise.ts';
import { keyOf, readRecording } from './recording.ts';

const objects = readRecording('stock-installation-only').objects;
const json = (object: KubeObject) => object as unknown as JsonObject;

function recorded(key: string): KubeObject {
  const found = objects.find((object) => keyOf(object) === key);
  if (found === undefined) throw new Error(`${key} is not recorded`);
  return found;
}

describe('the comparison overlooks nothing', () => {
  const daemonSet = normalise(recorded('DaemonSet calico-system/calico-node'));
  const changed = (from: string, to: string) =>
    JSON.parse(JSON.stringify(daemonSet).replace(from, to)) as JsonObject;

  test.each([
    ['"value":"bird"', '"value":"none"', 'env[CALICO_NETWORKING_BACKEND].value'],
    ['"timeoutSeconds":10', '"timeoutSeconds":11', 'livenessProbe.timeoutSeconds'],
    ['"mountPath":"/lib/modules"', '"mountPath":"/lib"', 'volumeMounts[/lib]'],
    ['"maxUnavailable":1', '"maxUnavailable":2', 'updateStrategy.rollingUpdate.maxUnavailable'],
    ['"effect":"NoExecute"', '"effect":"NoSchedule"', 'tolerations'],
    ['"-shutdown"', '"-stop"', 'preStop.exec.command'],
  ])('%s', (from, to, path) => {
    const paths = diff(daemonSet, changed(from, to)).map((difference) => difference.path);
    expect(paths.some((found) => found.endsWith(path))).toBe(true);
  });

  test('policy rules are sets, but what they allow counts', () => {
    const role = recorded('ClusterRole calico-node');
    const rules = (role as KubeObject & { readonly rules: readonly JsonObject[] }).rules;
    const reversed = { ...role, rules: rules.toReversed() };
    expect(diff(normalise(role), normalise(reversed))).toEqual([]);
    expect(diff(normalise(role), normalise({ ...role, rules: rules.slice(1) } as KubeObject))).toHaveLength(
      1,
    );
  });
});

test('a recording is a fixed point: normalising and defaulting change nothing of what a server gave back', () => {
  for (const object of objects) {
    expect(diff(json(object), normalise(object))).toEqual([]);
    expect(diff(json(object), normalise(applyDefaults(json(object)) as unknown as KubeObject))).toEqual([]);
  }
});
