/**
 * Webhooks of workspaces and repositories: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-webhooks/. None tells of people or
 * permissions. Bitbucket does not disable a hook that fails.
 */
import { z } from 'zod';
import type { ForgeOrganizationId } from '../../domain/ids.ts';
import { Secret } from '../../runtime/secret.ts';
import { ForgeError, unlessMissing } from '../errors.ts';
import type { HookPlace, Hooks, InstalledHook, WantedHook } from '../hooks.ts';
import { withoutSteps } from '../reading.ts';
import { isAdministrator } from './account.ts';
import type { Requests, Route } from './requests.ts';

/** What deliveries are wanted of: https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ */
const events: Readonly<Record<HookPlace['on'], readonly string[]>> = {
  organization: ['repo:push', 'repo:created', 'repo:deleted', 'repo:updated', 'repo:transfer'],
  repository: ['repo:push', 'repo:updated', 'repo:transfer'],
};

const hookSchema = z.object({
  uuid: z.string().min(1),
  url: z.string(),
  active: z.boolean(),
  events: z.array(z.string()),
  secret_set: z.boolean(),
  skip_cert_verification: z.boolean().optional(),
});
type Hook = z.infer<typeof hookSchema>;

const nothing = z.unknown();

export function createHooks(requests: Requests, workspace: ForgeOrganizationId | undefined): Hooks {
  const at = (place: HookPlace, hook?: string): Route => {
    if (workspace === undefined) {
      throw new RangeError('hooks of Bitbucket need a workspace');
    }
    const rest = hook === undefined ? '' : '/:hook';
    const values = hook === undefined ? {} : { hook };
    return place.on === 'organization'
      ? { route: `/2.0/workspaces/:workspace/hooks${rest}`, path: { workspace, ...values } }
      : {
          route: `/2.0/repositories/:workspace/:repository/hooks${rest}`,
          path: { workspace, repository: place.repository, ...values },
        };
  };

  /** Undefined where the account does not administer the workspace: then repositories have hooks, those that it administers. */
  async function unlessMember(error: unknown): Promise<undefined> {
    const isForbidden = error instanceof ForgeError && error.code === 'insufficient-scope';
    if (!isForbidden || workspace === undefined || (await isAdministrator(requests, workspace))) {
      throw error;
    }
  }

  /** Sends everything that makes the hook ours. */
  function write(place: HookPlace, { url, secret }: WantedHook, id?: string): Promise<Hook> {
    const body = {
      ...{ url, description: 'Repertoire', active: true, skip_cert_verification: false },
      ...{ secret: secret.reveal(), events: events[place.on] },
    };
    return requests.write(id === undefined ? 'POST' : 'PUT', at(place, id), hookSchema, body);
  }

  return {
    needs:
      'Webhooks need a grant or token of an account that administers the workspace, with the scope `webhook`, or for an API token `read:`, `write:` and `delete:webhook:bitbucket`.',

    newSecret: (random) => new Secret(Buffer.from(random).toString('hex')),

    async list(place) {
      const listing = requests.list('hooks', at(place), hookSchema, ({ uuid }) => uuid);
      const listed = unlessMissing(withoutSteps.list('hooks', hookSchema, listing));
      const hooks = await (place.on === 'organization' ? listed.catch(unlessMember) : listed);
      return hooks?.map((hook) => installed(place, hook));
    },

    async ensure(place, wanted, existing) {
      const changed = existing && (await unlessMissing(write(place, wanted, existing.id)));
      return installed(place, changed ?? (await write(place, wanted)));
    },

    async remove(place, id) {
      await unlessMissing(requests.write('DELETE', at(place, id), nothing));
    },
  };
}

function installed(place: HookPlace, hook: Hook): InstalledHook {
  const isAsWanted =
    hook.secret_set &&
    hook.skip_cert_verification !== true &&
    events[place.on].every((event) => hook.events.includes(event));
  return { id: hook.uuid, url: hook.url, state: hook.active ? 'working' : 'disabled', isAsWanted };
}
