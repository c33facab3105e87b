/** Rules of the fields at the top of the spec. */
import { parseCidr } from '../cidr.ts';
import type { FieldMistake } from '../findings.ts';
import { hostPathProblem } from './host-path.ts';
import { amountMistakes } from './overrides/rolling-update.ts';
import { type Candidate, refuse, type Rule } from './rule.ts';

/** Product, platform, paths, replicas, ports and other single fields. */
export const generalRules: Rule = (candidate) =>
  refuse(
    candidate,
    ...productMistakes(candidate),
    ...pathMistakes(candidate),
    ...updateStrategyMistakes(candidate),
    ...controlPlaneMistakes(candidate),
    ...portMistakes(candidate),
    ...serviceRangeMistakes(candidate),
    ...azureMistakes(candidate),
  );

function productMistakes({ spec }: Candidate): readonly FieldMistake[] {
  const mistakes: FieldMistake[] = [];
  if (spec.variant !== 'Calico') {
    mistakes.push({
      field: 'spec.variant',
      value: spec.variant,
      problem: 'this operator installs open-source Calico',
      cure: 'Set variant to Calico, or leave it out',
    });
  }
  if (spec.nonPrivileged === 'Enabled') {
    mistakes.push({
      field: 'spec.nonPrivileged',
      value: spec.nonPrivileged,
      problem: 'Calico has no non-privileged mode any more',
      cure: 'Leave nonPrivileged out',
    });
  }
  return mistakes;
}

function pathMistakes({ spec }: Candidate): readonly FieldMistake[] {
  return (['flexVolumePath', 'kubeletVolumePluginPath'] as const).flatMap((field) => {
    const problem = spec[field] === 'None' ? undefined : hostPathProblem(spec[field]);
    const cure = 'Write it as an absolute path, as /var/lib/kubelet, or None to do without';
    return problem === undefined ? [] : [{ field: `spec.${field}`, value: spec[field], problem, cure }];
  });
}

function updateStrategyMistakes({ spec }: Candidate): readonly FieldMistake[] {
  const { type, rollingUpdate } = spec.nodeUpdateStrategy;
  if (type !== 'RollingUpdate') {
    return [
      {
        field: 'spec.nodeUpdateStrategy.type',
        value: type,
        problem: 'calico-node is updated node by node only',
        cure: 'Set type to RollingUpdate, or leave it out',
      },
    ];
  }
  const place = 'spec.nodeUpdateStrategy.rollingUpdate';
  const amounts = [
    ...amountMistakes(rollingUpdate ?? {}, place),
    ...surgeMistakes(rollingUpdate?.maxSurge, place),
  ];
  const isZero = (amount: unknown) =>
    amount === undefined || amount === 0 || amount === '0%' || amount === '0';
  if (isZero(rollingUpdate?.maxUnavailable) !== isZero(rollingUpdate?.maxSurge)) return amounts;
  return [
    ...amounts,
    {
      field: place,
      value: rollingUpdate,
      problem: 'of maxUnavailable and maxSurge exactly one must be above 0',
      cure: 'Set maxUnavailable and leave maxSurge out',
    },
  ];
}

/** A DaemonSet has one pod a node, so that it can double them at most. */
function surgeMistakes(surge: number | string | undefined, place: string): readonly FieldMistake[] {
  if (typeof surge !== 'string' || Number.parseInt(surge, 10) <= 100) return [];
  const problem = 'a DaemonSet takes at most 100%';
  return [{ field: `${place}.maxSurge`, value: surge, problem, cure: 'Write 100% or less' }];
}

function controlPlaneMistakes({ spec }: Candidate): readonly FieldMistake[] {
  const mistakes: FieldMistake[] = [];
  if (spec.controlPlaneReplicas < 1) {
    mistakes.push({
      field: 'spec.controlPlaneReplicas',
      value: spec.controlPlaneReplicas,
      problem: 'there must be at least one replica',
      cure: 'Choose 1 or more, or leave it out for 2',
    });
  }
  for (const key of ['beta.kubernetes.io/os', 'kubernetes.io/os']) {
    const os = spec.controlPlaneNodeSelector?.[key];
    if (os !== undefined && os !== 'linux') {
      mistakes.push({
        field: `spec.controlPlaneNodeSelector`,
        value: `${key}=${os}`,
        problem: 'the components run on Linux only',
        cure: `Set ${key} to linux, or leave it out`,
      });
    }
  }
  return mistakes;
}

function portMistakes({ spec }: Candidate): readonly FieldMistake[] {
  return (['nodeMetricsPort', 'typhaMetricsPort'] as const).flatMap((field) => {
    const port = spec[field];
    if (port === undefined || (port >= 1 && port <= 65535)) return [];
    return [
      {
        field: `spec.${field}`,
        value: port,
        problem: 'a port lies between 1 and 65535',
        cure: 'Choose another, or leave it out to have no metrics port',
      },
    ];
  });
}

function serviceRangeMistakes({ spec }: Candidate): readonly FieldMistake[] {
  return (spec.serviceCIDRs ?? []).flatMap((text, index) => {
    const parsed = parseCidr(text);
    if (parsed.kind === 'cidr') return [];
    return [
      {
        field: `spec.serviceCIDRs[${index}]`,
        value: text,
        problem: `it is no address range: ${parsed.problem}`,
        cure: 'Write it as address and prefix length, for example 10.96.0.0/12',
      },
    ];
  });
}

function azureMistakes({ spec, user }: Candidate): readonly FieldMistake[] {
  if (user.azure === undefined || spec.kubernetesProvider === 'AKS') return [];
  return [
    {
      field: 'spec.azure',
      value: user.azure,
      problem: `it is for kubernetesProvider AKS, which is ${spec.kubernetesProvider || 'not set'}`,
      cure: 'Leave azure out, or set kubernetesProvider to AKS',
    },
  ];
}
