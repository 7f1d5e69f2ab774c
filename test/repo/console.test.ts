/** Every address of the console is answered by its page, and may be gone back to after a sign-in. */
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { consolePaths } from '../../infra/console-paths.ts';
import { matchesPathPattern } from '../../local/cloud/cdn/path-pattern.ts';
import { isPage } from '../../shared/sign-in/return-path.ts';

const addresses = globSync('console/pages/*/routes.ts').flatMap((file) => {
  const text = readFileSync(file, 'utf8');
  const parents = { settingsRoute: '/o/acme/settings/', organizationRoute: '/o/acme/' };
  const base = Object.entries(parents).find(([name]) => text.includes(name))?.[1] ?? '/';
  return [...text.matchAll(/ path: '([^']*)'/g)].map(([, path = '']) =>
    `${base}${path.replaceAll(/\$\w+/g, 'x1')}`.replace(/(?!^)\/+$/, ''),
  );
});

it('finds the addresses', () => {
  expect(addresses.length).toBeGreaterThan(20);
  expect(addresses).toContain('/o/acme/packages/x1/x1');
  expect(addresses).toContain('/o/acme/settings/access');
});

it.each(addresses)('%s', (address) => {
  expect(consolePaths.filter((pattern) => matchesPathPattern(pattern, address))).toHaveLength(1);
  expect(isPage(address)).toBe(true);
});
