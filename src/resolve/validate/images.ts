/** Rules of where images come from: registry fields and pull secrets. */
import { imagePathShape, imagePrefixShape, registryShape, useDefault } from '../../api/image-shapes.ts';
import type { FieldMistake } from '../findings.ts';
import { type Candidate, refuse, type Rule } from './rule.ts';

const shapes = {
  registry: new RegExp(registryShape),
  imagePath: new RegExp(imagePathShape),
  imagePrefix: new RegExp(imagePrefixShape),
};

/** Registry, path and prefix make a reference that a container runtime takes. */
export const registryRules: Rule = (candidate) => {
  const { registry = '', imagePath = '', imagePrefix = '' } = candidate.spec;
  const isSet = (value: string) => value !== '' && value !== useDefault;
  const mistakes: FieldMistake[] = [];
  if (isSet(registry) && !shapes.registry.test(registry)) {
    mistakes.push({
      field: 'spec.registry',
      value: registry,
      problem: 'it is no image registry',
      cure: 'Write a host, optionally with port and path and without scheme, for example registry.example.com:5000/',
    });
  }
  if (isSet(imagePath) && !shapes.imagePath.test(imagePath)) {
    mistakes.push({
      field: 'spec.imagePath',
      value: imagePath,
      problem: 'it is no path of images',
      cure: 'Use lower-case letters, digits, ".", "_", "-" and "/", for example mirror/calico',
    });
  }
  if (isSet(imagePrefix) && !shapes.imagePrefix.test(imagePrefix)) {
    mistakes.push({
      field: 'spec.imagePrefix',
      value: imagePrefix,
      problem: 'the name of an image cannot begin with it',
      cure: 'Use lower-case letters, digits, ".", "_" and "-", for example calico-',
    });
  }
  return refuse(candidate, ...mistakes);
};

/** Every pull secret is there and is one. */
export const pullSecretRules: Rule = (candidate) =>
  refuse(
    candidate,
    ...(candidate.spec.imagePullSecrets ?? []).flatMap(({ name = '' }, index) =>
      pullSecretMistakes(name, `spec.imagePullSecrets[${index}].name`, candidate),
    ),
  );

function pullSecretMistakes(name: string, field: string, { snapshot }: Candidate): readonly FieldMistake[] {
  const secret = Object.hasOwn(snapshot.secrets, name) ? snapshot.secrets[name] : undefined;
  const where = `${snapshot.operatorNamespace}/${name}`;
  if (name === '') {
    return [
      { field, value: name, problem: 'it names no Secret', cure: 'Name a Secret, or take the entry out' },
    ];
  }
  if (secret === undefined) {
    return [
      {
        reason: 'ResourceReadError',
        field,
        value: name,
        problem: `there is no Secret ${where}`,
        cure: `Create it in namespace ${snapshot.operatorNamespace}, for example by kubectl create secret docker-registry ${name} -n ${snapshot.operatorNamespace}, or take the entry out`,
      },
    ];
  }
  const isDockerConfig =
    secret.type === 'kubernetes.io/dockerconfigjson' || secret.type === 'kubernetes.io/dockercfg';
  if (isDockerConfig || secret.type === undefined) return [];
  return [
    {
      reason: 'ResourceValidationError',
      field,
      value: name,
      problem: `Secret ${where} has type ${secret.type}, which no container runtime takes`,
      cure: 'Create it again with type kubernetes.io/dockerconfigjson',
    },
  ];
}
