/** The commands that delete packages and versions, and refuse commits, as requests to the API. */
import { z } from 'zod';
import { type ApiCommand, command, inOrganization } from './api-command.ts';

/** Without `confirm` nothing changes, and nothing is in the history. */
export const confirmable = {
  slug: z.string(),
  confirm: z.string().optional(),
  by: z.string().optional(),
  why: z.string().default('only shown'),
} as const;
const ofPackage = { ...confirmable, package: z.string() } as const;

/** The path of a package below its organization; a name without a vendor is nowhere. */
export const packagePath = (name: string): string => {
  const [vendor = '', ...rest] = name.split('/');
  return `/packages/${encodeURIComponent(vendor)}/${encodeURIComponent(rest.join('/'))}`;
};

/** By the name of the command. */
export const apiDeletionCommands: Readonly<Record<string, ApiCommand>> = {
  'delete-package': command(
    z.object({ ...ofPackage, keepArchives: z.boolean().default(false) }),
    (api, { slug, by, package: name, ...body }) =>
      inOrganization(api, slug, { method: 'POST', path: `${packagePath(name)}/delete`, by, body }),
  ),
  'delete-version': command(
    z.object({ ...ofPackage, versions: z.array(z.string()) }),
    (api, { slug, by, package: name, ...body }) =>
      inOrganization(api, slug, { method: 'POST', path: `${packagePath(name)}/delete-versions`, by, body }),
  ),
  'refuse-commit': command(
    z.object({ ...confirmable, commits: z.array(z.string()) }),
    (api, { slug, by, ...body }) =>
      inOrganization(api, slug, { method: 'POST', path: '/refused-commits', by, body }),
  ),
  'allow-commit': command(
    z.object({ slug: z.string(), commit: z.string(), by: z.string(), why: z.string() }),
    (api, { slug, by, commit, why }) => {
      const path = `/refused-commits/${encodeURIComponent(commit)}/allow`;
      return inOrganization(api, slug, { method: 'POST', path, by, body: { why } });
    },
  ),
};
