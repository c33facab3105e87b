/** Rules of the CNI plugin, its IPAM and its logging. */
import { cniFitsProvider, ipamTypesOf, providerOfCni } from '../defaults/cni.ts';
import type { FieldMistake } from '../findings.ts';
import { hostPathProblem } from './host-path.ts';
import { type Candidate, refuse, type Rule } from './rule.ts';

/** Plugin, IPAM and platform go together. */
export const cniRules: Rule = (candidate) => {
  const { cni, kubernetesProvider } = candidate.spec;
  if (!Object.hasOwn(ipamTypesOf, cni.type)) {
    return refuse(candidate, {
      field: 'spec.cni.type',
      value: cni.type,
      problem: 'there is no such CNI plugin',
      cure: `Choose one of ${Object.keys(ipamTypesOf).join(', ')}`,
    });
  }
  const mistakes: FieldMistake[] = [];
  if (!cniFitsProvider(cni.type, kubernetesProvider)) {
    mistakes.push({
      field: 'spec.cni.type',
      value: cni.type,
      problem: `it exists on ${String(providerOfCni[cni.type])} only, and kubernetesProvider is ${kubernetesProvider}`,
      cure: 'Set cni.type to Calico, or correct kubernetesProvider',
    });
  }
  const allowed: readonly string[] = ipamTypesOf[cni.type];
  if (!allowed.includes(cni.ipam.type)) {
    mistakes.push({
      field: 'spec.cni.ipam.type',
      value: cni.ipam.type,
      problem: `it does not go with CNI ${cni.type}`,
      cure: `Set it to ${allowed.join(' or ')}, or leave it out`,
    });
  }
  return refuse(candidate, ...mistakes, ...directoryMistakes(candidate));
};

function directoryMistakes({ spec }: Candidate): readonly FieldMistake[] {
  return (['binDir', 'confDir'] as const).flatMap((field) => {
    const problem = hostPathProblem(spec.cni[field]);
    const cure = 'Write it as an absolute path, as /opt/cni/bin';
    return problem === undefined
      ? []
      : [{ field: `spec.cni.${field}`, value: spec.cni[field], problem, cure }];
  });
}

const binarySize =
  /^\+?0*[1-9][0-9]*(\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|Ei)$|^\+?0*\.0*[1-9][0-9]*(Ki|Mi|Gi|Ti|Pi|Ei)$/;

/** Log files of the CNI plugin. */
export const cniLoggingRules: Rule = (candidate) => {
  const { spec, user } = candidate;
  if (spec.cni.type !== 'Calico') {
    if (user.logging?.cni === undefined) return [];
    return refuse(candidate, {
      field: 'spec.logging.cni',
      value: user.logging.cni,
      problem: `CNI ${spec.cni.type} does its own logging`,
      cure: 'Leave it out, or set cni.type to Calico',
    });
  }
  const logging = spec.logging?.cni;
  const mistakes: FieldMistake[] = [];
  if (logging?.logFileMaxSize !== undefined && !binarySize.test(String(logging.logFileMaxSize))) {
    mistakes.push({
      field: 'spec.logging.cni.logFileMaxSize',
      value: logging.logFileMaxSize,
      problem: 'it is not a positive size with a binary unit',
      cure: 'Write it as 100Mi, with one of Ki, Mi, Gi, Ti, Pi, Ei',
    });
  }
  for (const field of ['logFileMaxAgeDays', 'logFileMaxCount'] as const) {
    const value = logging?.[field];
    if (value !== undefined && value < 1) {
      mistakes.push({
        field: `spec.logging.cni.${field}`,
        value,
        problem: 'it must be at least 1',
        cure: `Choose a positive number, or leave it out for ${field === 'logFileMaxAgeDays' ? 30 : 10}`,
      });
    }
  }
  return refuse(candidate, ...mistakes);
};
