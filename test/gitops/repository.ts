import { execFile } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { repository as checkout } from '../../scripts/bundle/bundle.ts';

const run = promisify(execFile);

/** A git repository on disk, as somebody's platform repository. */
export class Repository {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes one with a first commit of these folders of this checkout, under their own paths. */
  static async create(directory: string, folders: readonly string[]): Promise<Repository> {
    await mkdir(directory, { recursive: true });
    const made = new Repository(directory);
    await made.#git('init', '--quiet', '--initial-branch=main');
    for (const folder of folders) {
      await cp(join(checkout, folder), join(directory, folder), { recursive: true });
    }
    await made.commit({});
    return made;
  }

  /** As `repoURL` has it. */
  get url(): string {
    return `file://${this.#directory}`;
  }

  /**
   * Writes files, removes those without content, and commits.
   * @returns the hash of the commit
   */
  async commit(files: Readonly<Record<string, string | undefined>>): Promise<string> {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.#directory, path);
      await mkdir(dirname(file), { recursive: true });
      if (content === undefined) await rm(file, { force: true });
      else await writeFile(file, content);
    }
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '--allow-empty', '--message=Change what runs');
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  async #git(...args: readonly string[]): Promise<string> {
    const settings = ['user.name=Platform', 'user.email=platform@example.com', 'commit.gpgsign=false'];
    const { stdout } = await run('git', [...settings.flatMap((each) => ['-c', each]), ...args], {
      cwd: this.#directory,
      // Nothing of the settings of whoever runs the tests.
      env: { PATH: process.env['PATH'], HOME: this.#directory, GIT_CONFIG_NOSYSTEM: '1' },
    });
    return stdout;
  }
}
