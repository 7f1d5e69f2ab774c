import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom. Each rule says why it is there, because a failing one has to convince somebody. */

interface Import {
  readonly from: string;
  /** Path within the repository, or the name of a package. */
  readonly to: string;
}

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !file.endsWith('.d.ts'));

const imports: readonly Import[] = files.flatMap((from) =>
  [
    ...read(from).matchAll(
      /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
    ),
  ]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .map((to) => ({ from, to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to })),
);

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Deleted in the working tree, still in the index.
    return '';
  }
}

const isTest = (file: string): boolean => file.endsWith('.test.ts');
const within =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`));
const isOurs = within('console', 'events', 'functions', 'infra', 'local', 'shared', 'test', 'tools');
const part = (path: string, place: number): string => path.split('/')[place] ?? '';

function broken(rule: (one: Import) => boolean): string[] {
  return imports.filter(rule).map(({ from, to }) => `${from} imports ${to}`);
}

describe('who may import whom', () => {
  it('finds the imports at all', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(imports).toContainEqual({
      from: 'functions/publish-access/handler.ts',
      to: 'shared/publish/publish-access.ts',
    });
  });

  it.each(['shared/domain', 'shared/composer'])('%s is pure: it imports nothing else of ours', (folder) => {
    expect(broken(({ from, to }) => within(folder)(from) && isOurs(to) && !within(folder)(to))).toEqual([]);
  });

  it('an adapter never imports another adapter: what they share belongs beside them', () => {
    expect(
      broken(
        ({ from, to }) =>
          /^shared\/forge\/[^/]+\//.test(from) &&
          /^shared\/forge\/[^/]+\//.test(to) &&
          part(from, 2) !== part(to, 2),
      ),
    ).toEqual([]);
  });

  it('a function never imports another function: each is deployed by itself', () => {
    expect(
      broken(
        ({ from, to }) =>
          within('functions')(from) && within('functions')(to) && part(from, 1) !== part(to, 1),
      ),
    ).toEqual([]);
  });

  it('the folders of shared/sync import one way, and nothing of what owners do', () => {
    const arrows: Readonly<Record<string, readonly string[]>> = {
      run: ['plan'],
      webhooks: ['plan'],
      schedule: ['run', 'webhooks'],
    };
    const inSync = within('shared/sync');
    expect(
      broken(({ from, to }) => {
        const [own, other] = [part(from, 2), part(to, 2)];
        return inSync(from) && inSync(to) && own !== other && !arrows[own]?.includes(other);
      }),
    ).toEqual([]);
    expect(broken(({ from, to }) => inSync(from) && within('shared/organizations')(to))).toEqual([]);
  });

  it('infra imports nothing that runs: only files that import nothing', () => {
    const importFree = [
      'shared/runtime/environment.ts',
      'shared/runtime/time-limits.ts',
      'shared/store/keys.ts',
      'shared/publish/object-keys.ts',
    ];
    expect(
      broken(
        ({ from, to }) =>
          within('infra')(from) && isOurs(to) && !within('infra')(to) && !importFree.includes(to),
      ),
    ).toEqual([]);
    expect(broken(({ from }) => importFree.includes(from))).toEqual([]);
  });

  it('nothing that is deployed imports local, test, infra or tools', () => {
    expect(
      broken(
        ({ from, to }) =>
          within('shared', 'functions', 'events', 'console')(from) &&
          !isTest(from) &&
          within('local', 'test', 'infra', 'tools')(to),
      ),
    ).toEqual([]);
  });

  it('local does not import tests, tests beside the deployed code do not import local', () => {
    expect(broken(({ from, to }) => within('local')(from) && !isTest(from) && within('test')(to))).toEqual(
      [],
    );
    expect(
      broken(({ from, to }) => within('shared', 'functions', 'events')(from) && within('local')(to)),
    ).toEqual([]);
  });
});
