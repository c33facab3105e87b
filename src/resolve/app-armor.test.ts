import { expect, test } from '@jest/globals';
import { appArmorAnnotation, parseAppArmorProfile } from './app-armor.ts';
import { resolve } from './resolve.ts';
import { defaultSnapshot } from './testing.ts';

const resolved = (value: string) => {
  const snapshot = defaultSnapshot();
  const metadata = { ...snapshot.installation.metadata, annotations: { [appArmorAnnotation]: value } };
  return resolve({ ...snapshot, installation: { ...snapshot.installation, metadata } });
};

test.each([
  ['runtime/default', { type: 'RuntimeDefault' }],
  ['unconfined', { type: 'Unconfined' }],
  ['localhost/calico', { type: 'Localhost', localhostProfile: 'calico' }],
  ['localhost/a/b', { type: 'Localhost', localhostProfile: 'a/b' }],
  ['localhost/', undefined],
  ['RuntimeDefault', undefined],
])('%s', (text, profile) => expect(parseAppArmorProfile(text)).toEqual(profile));

test('the annotation is taken over, and no text is as no annotation', () => {
  expect(resolved('unconfined')).toMatchObject({ resolved: { nodeAppArmorProfile: { type: 'Unconfined' } } });
  expect(resolved('')).toEqual(resolve(defaultSnapshot()));
});

test('text that names no profile is refused: pods with it would not start', () => {
  expect(resolved('default')).toMatchObject({
    kind: 'refused',
    refusals: [
      {
        reason: 'InvalidConfigurationError',
        object: 'Installation default',
        field: `metadata.annotations[${appArmorAnnotation}]`,
        value: 'default',
        cure: expect.stringContaining('runtime/default') as unknown,
      },
    ],
  });
});
