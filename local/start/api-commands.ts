/** The commands that the API carries out, each by its requests. */
import { z } from 'zod';
import { apiAccessCommands } from './api-access-commands.ts';
import type { ApiClient } from './api-client.ts';
import { type ApiCommand, command, inOrganization, listed, Named, pathOf } from './api-command.ts';
import { apiDeletionCommands } from './api-deletion-commands.ts';
import { apiOrganizationCommands } from './api-organization-commands.ts';
import { apiRepositoryCommands } from './api-repository-commands.ts';
import { apiSettingsCommands } from './api-settings-commands.ts';
import { apiTokenCommands } from './api-token-commands.ts';
import { apiVcsCommands } from './api-vcs-commands.ts';

const Accountable = z.object({ slug: z.string(), by: z.string(), why: z.string() });

/** By the name of the command. */
export const apiCommands: Readonly<Record<string, ApiCommand>> = {
  ...apiAccessCommands,
  ...apiDeletionCommands,
  ...apiOrganizationCommands,
  ...apiRepositoryCommands,
  ...apiSettingsCommands,
  ...apiTokenCommands,
  ...apiVcsCommands,
  'describe-organization': command(z.object({ slug: z.string().optional() }), (api, { slug }) =>
    slug === undefined ? api.request({ path: '/installation/status' }) : statusOf(api, slug),
  ),
  'stop-access': command(Accountable, (api, { slug, by, why }) =>
    inOrganization(api, slug, { method: 'POST', path: '/stop-access', by, body: { why } }),
  ),
  'allow-access': command(Accountable, (api, { slug, by, why }) =>
    inOrganization(api, slug, { method: 'POST', path: '/allow-access', by, body: { why } }),
  ),
  'set-caution': command(
    Named.extend({
      heldShare: z.number().optional(),
      heldAbove: z.number().optional(),
      suspendAfterDays: z.number().optional(),
    }),
    async (api, { slug, synchronization, ...body }) => {
      const path = `${await pathOf(api, { slug, synchronization })}/caution`;
      return api.request({ method: 'PATCH', path, body });
    },
  ),
  'synchronize-organization': command(Named.extend({ asked: z.string().optional() }), async (api, input) => {
    const path = await pathOf(api, input);
    return input.asked === undefined
      ? api.request({ method: 'POST', path: `${path}/runs` })
      : api.request({ path: `${path}/progress?asked=${input.asked}` });
  }),
  'undo-run': command(
    Named.extend({ number: z.number(), asked: z.string().optional() }),
    async (api, { number, asked, ...named }) => {
      const path = `${await pathOf(api, named)}/runs/${number}/undo`;
      return asked === undefined
        ? api.request({ method: 'POST', path })
        : api.request({ path: `${path}?asked=${asked}` });
    },
  ),
  'preview-run': command(Named.extend({ number: z.number().optional() }), async (api, input) => {
    const path = `${await pathOf(api, input)}/previews`;
    if (input.number === undefined) {
      return api.request({ method: 'POST', path });
    }
    const job = Preview.parse(await api.request({ path: `${path}/${input.number}` }));
    return job.state === 'done'
      ? { ...job, scopes: await previewed(api, `${path}/${input.number}/changes?limit=100`, job.scopes) }
      : job;
  }),
  'decide-removals': command(
    Named.extend({ scope: z.string(), decision: z.string(), shown: z.string() }),
    async (api, { slug, synchronization, ...body }) => {
      const path = `${await pathOf(api, { slug, synchronization })}/held-removals/decide`;
      return api.request({ method: 'POST', path, body });
    },
  ),
  'list-runs': command(
    Named.extend({ number: z.number().optional(), all: z.boolean().default(false) }),
    async (api, { number, all, ...named }) => {
      const path = `${await pathOf(api, named)}/runs`;
      if (number === undefined) {
        return { runs: await listed(api, `${path}?all=${all}&limit=${runsShown}`, runsShown) };
      }
      const run = z.looseObject({}).parse(await api.request({ path: `${path}/${number}` }));
      return { run: { ...run, changes: await listed(api, `${path}/${number}/changes?limit=100`) } };
    },
  ),
};

/** How many runs are listed at once. */
const runsShown = 50;

const statusOf = (api: ApiClient, slug: string): Promise<unknown> =>
  inOrganization(api, slug, { path: '/status' });

const PreviewedScopes = z.array(z.looseObject({ scope: z.string() }));
const Preview = z.looseObject({ state: z.string(), scopes: PreviewedScopes.default([]) });
const Previewed = z.array(z.object({ scope: z.string(), kind: z.string(), text: z.string() }));

/** Each list of the code host with what a run would do to it. */
async function previewed(api: ApiClient, path: string, scopes: z.infer<typeof PreviewedScopes>) {
  const all = Previewed.parse(await listed(api, path));
  const of = (scope: string, wanted: string) =>
    all.flatMap((one) => (one.scope === scope && one.kind === wanted ? [one.text] : []));
  return scopes.map((one) => ({
    ...one,
    changes: of(one.scope, 'change'),
    held: of(one.scope, 'held'),
    deferred: of(one.scope, 'deferred'),
  }));
}
