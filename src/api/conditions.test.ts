import { describe, expect, test } from '@jest/globals';
import { type ReasonInfo, reasonCatalogue, reasons } from './conditions.ts';

const entries: readonly (readonly [string, ReasonInfo])[] = Object.entries(reasonCatalogue);

describe('catalogue of reasons', () => {
  test.each(entries)('%s can stand in a condition and explains itself', (name, info) => {
    expect(name).toMatch(/^[A-Z][A-Za-z]{3,62}$/);
    expect(info.when).toMatch(/^[A-Z].*\.$/);
    if (info.polarity === 'bad') expect(info.action).toMatch(/^[A-Z].*\.$/);
  });

  test('keeps every reason of the reference operator, so that tools still know them', () => {
    const reference =
      'AllObjectsAvailable ResourceNotReady PodFailure CertificateError CertificateReadError InvalidConfigurationError ' +
      'ResourceCreateError ResourceMigrationError ResourceNotFound ResourcePatchError ResourceReadError ' +
      'ResourceRenderingError ResourceScalingError ResourceUpdateError ResourceValidationError MigrationError ' +
      'InternalServerError NotApplicable UpgradeError Unknown ImageSetError';
    for (const name of reference.split(' ')) expect(reasons).toHaveProperty(name, name);
  });
});
