/** The packages that the project requires: libraries that look like real ones to a compressor, the same each time. */
import { createHash } from 'node:crypto';
import { parseWorld } from '../../local/forges/world/read-world.ts';
import type { World } from '../../local/forges/world/world.ts';

export const libraryName = (at: number): string => `lib-${String(at + 1).padStart(3, '0')}`;

/** A company whose libraries its owner alice reads, with so many tags each. Each but the first requires another one. */
export function libraryWorld(count: number, versions: number): World {
  const repositories = Array.from({ length: count }, (_, at) => ({
    name: libraryName(at),
    history: [
      {
        manifest: {
          name: `acme/${libraryName(at)}`,
          description: `Library ${at + 1} of ${count}, about ${word(`about ${at}`)}`,
          license: 'proprietary',
          keywords: [word(`one ${at}`), word(`two ${at}`)],
          require: { php: '>=7.4', ...(at > 0 && { [`acme/${libraryName(at >> 1)}`]: '^1.0' }) },
          autoload: { 'psr-4': { [`Acme\\Lib${at}\\`]: 'src/' } },
        },
        files: Object.fromEntries(
          Array.from({ length: 12 }, (_, file) => [`src/File${file}.php`, code(`${at} ${file}`)]),
        ),
        tags: Array.from({ length: versions }, (_, minor) => `v1.${minor}.0`),
      },
    ],
  }));
  const organization = {
    ...{ login: 'acme', members: { alice: 'owner' }, installation: { repositories: 'all' }, repositories },
  };
  // JSON is YAML.
  const world = { users: [{ login: 'alice' }], organizations: [organization] };
  return parseWorld(JSON.stringify(world), 'libraries');
}

const word = (seed: string): string => createHash('sha256').update(seed).digest('hex').slice(0, 10);

const code = (seed: string): string =>
  `<?php\n${Array.from({ length: 40 }, (_, line) => {
    const name = word(`${seed} ${line}`);
    return `    public function f${name}(): string { return $this->${name.slice(0, 6)}; }\n`;
  }).join('')}`;
