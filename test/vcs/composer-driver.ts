/** Composer's own drivers of version control systems, as judges. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { versionsOf } from '../../shared/composer/versions.ts';
import type { ForgeRepository } from '../../shared/forge/forge.ts';

const script = fileURLToPath(new URL('./composer-driver.php', import.meta.url));
const autoloader = '/usr/share/php/Composer/autoload.php';

const Refs = z.array(z.tuple([z.string(), z.string()]));
const Answer = z.object({
  tags: Refs,
  branches: Refs,
  packages: z.array(
    z.object({
      ...{ name: z.string(), version: z.string(), normalized: z.string(), reference: z.string() },
      ...{ time: z.string(), default: z.boolean() },
    }),
  ),
});
export type DriverAnswer = z.infer<typeof Answer>;

/** @param settings the entry of the repository in a composer.json @param cache an empty folder */
export function readByComposer(settings: Readonly<Record<string, unknown>>, cache: string): DriverAnswer {
  const args = ['-d', 'display_errors=stderr', script, autoloader, JSON.stringify(settings), cache];
  const answer = execFileSync('php', args, {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: cache,
      COMPOSER_HOME: cache,
      ...{ TZ: 'UTC', LC_ALL: 'C.UTF-8' },
      COMPOSER_ALLOW_SUPERUSER: '1',
    },
  });
  return Answer.parse(JSON.parse(answer));
}

/** Our versions of a repository, in the order and form of the judge's. */
export const ourVersions = (repository: ForgeRepository) =>
  versionsOf(repository).versions.map(({ version, versionNormalized, commit, time }) => ({
    ...{ version, normalized: versionNormalized, reference: commit, time: new Date(time).getTime() },
  }));
