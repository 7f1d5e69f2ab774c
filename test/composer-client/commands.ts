/** What Composer's commands that look at packages show of ours: the same as of Packagist's. For a test file that has started the default world. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Project } from '../support/composer.ts';
import type { System } from '../support/started.ts';

export function defineCommandTests(world: {
  readonly system: () => System;
  readonly project: (login: string) => Promise<Project>;
}): void {
  /** Standard output and error. Fails unless the command succeeds. */
  const output = async (app: Project, ...args: string[]): Promise<string> => {
    const run = await app.run(...args);
    expect([args, run.code, run.output]).toEqual([args, 0, run.output]);
    return run.output;
  };
  const json = async (app: Project, ...args: string[]): Promise<unknown> => {
    const text = await output(app, ...args, '--format=json');
    return JSON.parse(text.slice(text.search(/[[{]/), text.search(/[\]}][^\]}]*$/) + 1));
  };
  /** Paths on the registry host that were asked for meanwhile. */
  const asked = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const { log } = world.system();
    const from = log.length;
    await work();
    return log
      .slice(from)
      .flatMap((line) => (line.source === 'cdn' && line.distribution === 'registry' ? [line.path] : []));
  };

  it('search finds by descriptions, marks what is abandoned, and finds nothing that the token may not read', async () => {
    const [alice, ann] = await Promise.all([world.project('alice'), world.project('ann')]);
    expect(await output(alice, 'search', 'PRICES', 'products')).toMatch(
      /^acme\/catalog +Products and their prices$/m,
    );
    expect(await output(ann, 'search', 'prices')).not.toContain('acme/');
    const found = Found.parse(await json(alice, 'search', 'shop'));
    expect(found.map(({ name, abandoned }) => [name, abandoned])).toEqual([
      ['acme/legacy-shop', true],
      ['acme/theme', undefined],
    ]);
    expect(found[1]).toMatchObject({
      description: "The shop's look",
      url: `${world.system().console}/o/acme/packages/acme/theme`,
    });
    expect(await json(alice, 'search', '--type=metapackage', 'shop')).toEqual([]);
    // For a client that filters names by itself a regular expression, which fits each name with a c.
    expect(await json(alice, 'search', 'c++')).toEqual([]);
  }, 60_000);

  it('search for names or vendors alone, and the list of what there is, need no search', async () => {
    const ann = await world.project('ann');
    const paths = await asked(async () => {
      expect(await json(ann, 'search', '--only-name', 'mon')).toEqual([
        { name: 'acme/money', description: '' },
      ]);
      expect(await json(ann, 'search', '--only-vendor', 'acm')).toEqual([{ name: 'acme', description: '' }]);
      const available = await output(ann, 'show', '--available');
      expect(available).toMatch(/^acme\/http-kit *$/m);
      expect(available).not.toContain('acme/catalog');
    });
    expect(new Set(paths)).toEqual(new Set(['/acme/packages.json']));
  }, 60_000);

  it('browse, outdated, audit, licenses, suggests and fund say what they say of packages of Packagist', async () => {
    const ann = await world.project('ann');
    await output(ann, 'require', 'acme/billing:2.0.0', 'acme/money:v2.0.0');
    const { web } = world.system().gitHub.addresses;
    expect(await output(ann, 'browse', '--show', 'acme/money')).toContain(`${web}/acme/money/tree/`);
    expect(await json(ann, 'outdated', '--direct')).toMatchObject({
      installed: [
        {
          ...{ name: 'acme/billing', version: '2.0.0', latest: '2.0.1' },
          ...{ 'latest-status': 'semver-safe-update', description: 'Invoices' },
        },
        { name: 'acme/money', version: 'v2.0.0', latest: 'v2.1.0' },
      ],
    });
    expect(await output(ann, 'audit')).toContain('No security vulnerability advisories found');
    expect(await json(ann, 'licenses')).toMatchObject({
      dependencies: { 'acme/billing': { license: ['proprietary'] }, 'acme/money': { license: ['MIT'] } },
    });
    expect(await output(ann, 'suggests', '--all')).toContain('acme/pdf: prints invoices');
    expect(await json(ann, 'fund')).toEqual({ acme: { 'https://acme.example/fund': ['billing'] } });
  }, 90_000);

  it("Dependabot's use of Composer's library resolves an update of one package, and locks our archive of it", async () => {
    const ann = await world.project('ann');
    const { registry, token } = world.system();
    await output(ann, 'require', '--no-install', 'acme/money:v2.0.0', 'acme/clock:1.0.0');
    await output(ann, 'require', '--no-update', 'acme/money:>= 2.0.0', 'acme/clock:>= 1.0.0');
    await ann.useToken(undefined);
    const credentials = { host: new URL(registry).host, username: 'token', password: token('ann') };
    const args = [updateOne, '/usr/share/php/Composer/autoload.php', ann.directory, 'acme/money'];
    const { stdout } = await promisify(execFile)('php', [...args, JSON.stringify(credentials)], {
      env: { ...process.env, COMPOSER_HOME: `${ann.directory}/home`, COMPOSER_ALLOW_SUPERUSER: '1' },
    });
    expect(JSON.parse(stdout)).toEqual({
      version: 'v2.1.0',
      dist: expect.stringMatching(`^${registry}/acme/dists/acme/money/[0-9a-f]{40}\\.zip$`),
    });
    const locked = Locked.parse(JSON.parse(await ann.read('composer.lock'))).packages;
    expect(locked.map(({ name, version }) => [name, version])).toEqual([
      ['acme/clock', '1.0.0'],
      ['acme/money', 'v2.1.0'],
    ]);
  }, 60_000);
}

const updateOne = fileURLToPath(new URL('./update-one.php', import.meta.url));
const Locked = z.object({ packages: z.array(z.object({ name: z.string(), version: z.string() })) });
const Found = z.array(
  z.looseObject({ name: z.string(), abandoned: z.union([z.boolean(), z.string()]).optional() }),
);
