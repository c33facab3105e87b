/**
 * `npm run generate:manifests`: writes what of deploy/ Helm makes of the chart, with the Helm that tests use. It is built
 * first where it is missing, which needs Go. Run `npm run generate` before (roles, values) and after (install.yaml).
 *
 *   node scripts/manifests.ts                      write
 *   node scripts/manifests.ts --check              write nothing; exit code 1 if anything differs
 *   node scripts/manifests.ts --check --if-built   the same, and nothing at all where Helm is not built
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildComponents, cachedComponents } from '../test/control-plane/build/build.ts';
import { kubernetesVersion } from '../test/control-plane/build/components.ts';
import { streamProgress } from '../test/control-plane/build/progress.ts';
import { manifestValues, monitoringManifest, monitoringValues, operatorManifest } from './chart/manifests.ts';

const root = join(import.meta.dirname, '..');
const chart = join(root, 'deploy', 'chart', 'calico-operator');

function template(helm: string, values: readonly string[] = []): string {
  const settings = [...manifestValues, ...values].flatMap((value) => ['--set', value]);
  const flags = ['--namespace', 'tigera-operator', '--kube-version', kubernetesVersion, '--no-hooks'];
  return execFileSync(helm, ['template', 'calico-operator', chart, ...flags, ...settings], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
}

function main(helm: string, check: boolean): void {
  const plain = template(helm);
  const files = {
    'deploy/manifests/operator.yaml': operatorManifest(plain),
    'deploy/overlays/monitoring/monitoring.yaml': monitoringManifest(plain, template(helm, monitoringValues)),
  };
  for (const [path, content] of Object.entries(files)) {
    if (!check) writeFileSync(join(root, path), content);
    else if (readFileSync(join(root, path), 'utf8') !== content) {
      process.stderr.write(
        `not as generated: ${path}. Run npm run generate:manifests, then npm run generate.\n`,
      );
      process.exitCode = 1;
    }
  }
}

const onlyIfBuilt = process.argv.includes('--if-built');
const { helm } = onlyIfBuilt
  ? await cachedComponents(['helm'])
  : await buildComponents(['helm'], streamProgress());
if (helm !== undefined) main(helm, process.argv.includes('--check'));
