/**
 * Overrides held against the objects that they change: what would collide is refused, what has no effect is told. Only
 * rendering knows these objects, so the rules of `resolve/validate/overrides` cannot know.
 */
import type { DaemonSet, Deployment } from '../../api/kubernetes.ts';
import { overrideBlockNames, overrideBlocks, type WorkloadOverride } from '../../api/workload-override.ts';
import { atInstallation, type FieldMistake, type Findings, noFindings } from '../../resolve/findings.ts';
import type { Resolved, Snapshot } from '../../resolve/types.ts';
import { baseObjects } from './base.ts';
import { collisions } from './collisions.ts';
import { missingReferences } from './references.ts';
import { remarksOnBlock, remarksWithoutWorkload } from './remarks.ts';

function hasOverrides({ spec }: Resolved): boolean {
  return [...overrideBlockNames, 'calicoWindowsUpgradeDaemonSet' as const].some(
    (block) => spec[block] !== undefined,
  );
}

/**
 * All mistakes and remarks, in the order of the blocks. Nothing is rendered when there is no override. Throws for a
 * decision that cannot be rendered, which one without refusals always can.
 */
export function judgeOverrides(snapshot: Snapshot, resolved: Resolved): Findings {
  if (!hasOverrides(resolved)) return noFindings;
  const objects = baseObjects(snapshot, resolved);
  const refusals: FieldMistake[] = [];
  const remarks: FieldMistake[] = [];
  for (const block of overrideBlockNames) {
    const override: WorkloadOverride | undefined = resolved.spec[block];
    if (override === undefined) continue;
    const { kind, name } = overrideBlocks[block];
    const workload = objects.find((object) => object.kind === kind && object.metadata.name === name);
    remarks.push(...remarksWithoutWorkload(block, resolved, workload !== undefined));
    if (workload === undefined) continue;
    const pairing = { block, override, workload: workload as DaemonSet | Deployment };
    refusals.push(...collisions(pairing));
    // What does not run yet need not find everything yet.
    const runs = block !== 'typhaDeployment' || resolved.typha.wanted;
    if (runs) refusals.push(...missingReferences(pairing, snapshot.referable ?? {}, objects));
    remarks.push(...remarksOnBlock(pairing));
  }
  if (resolved.spec.calicoWindowsUpgradeDaemonSet !== undefined) {
    remarks.push({
      field: 'spec.calicoWindowsUpgradeDaemonSet',
      problem: 'there is no such DaemonSet any more, so it has no effect',
      cure: 'Remove it',
    });
  }
  return {
    refusals: refusals.map((mistake) => atInstallation(snapshot, mistake)),
    warnings: remarks.map((remark) =>
      atInstallation(snapshot, { reason: 'ConfigurationWarning', ...remark }),
    ),
  };
}
