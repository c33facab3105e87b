/** The AppArmor profile of calico-node, which a user gives as an annotation of the Installation. */
import type { Refusal } from '../api/refusal.ts';
import { showValue } from './findings.ts';
import type { AppArmorProfile, Snapshot } from './types.ts';

/** Annotation of `Installation default`; the name is the reference's. */
export const appArmorAnnotation = 'tech-preview.operator.tigera.io/node-apparmor-profile';

/** The profile that an annotation's value names, in the words of Kubernetes; undefined for text that names none. */
export function parseAppArmorProfile(text: string): AppArmorProfile | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  const localhostProfile = /^localhost\/(\S+)$/.exec(text)?.[1];
  return localhostProfile === undefined ? undefined : { type: 'Localhost', localhostProfile };
}

/** The profile asked for, and what is wrong with the annotation. Empty text counts as absent. */
export function chooseAppArmorProfile({ installation }: Snapshot): {
  readonly profile?: AppArmorProfile;
  readonly refusals: readonly Refusal[];
} {
  const text = installation.metadata.annotations?.[appArmorAnnotation] ?? '';
  if (text === '') return { refusals: [] };
  const profile = parseAppArmorProfile(text);
  if (profile !== undefined) return { profile, refusals: [] };
  return {
    refusals: [
      {
        reason: 'InvalidConfigurationError',
        object: 'Installation default',
        field: `metadata.annotations[${appArmorAnnotation}]`,
        value: showValue(text),
        problem: 'it names no AppArmor profile',
        cure: 'Write runtime/default, unconfined, or localhost/ and the name of a profile that every node has loaded',
      },
    ],
  };
}
