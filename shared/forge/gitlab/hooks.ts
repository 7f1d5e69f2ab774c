/**
 * Webhooks of groups and projects. https://docs.gitlab.com/api/group_webhooks/ and https://docs.gitlab.com/api/project_webhooks/
 *
 * Hooks of groups need the Premium plan and an owner; those of projects a maintainer. Both need the scope `api` to be changed.
 */
import { z } from 'zod';
import type { ForgeOrganizationId } from '../../domain/ids.ts';
import { Secret } from '../../runtime/secret.ts';
import { ForgeError, type ForgeErrorCode } from '../errors.ts';
import type { HookPlace, Hooks, InstalledHook } from '../hooks.ts';
import { withoutSteps } from '../reading.ts';
import { createHookLog } from './hook-log.ts';
import { keepsDeliveries, signsDeliveries, type Version } from './levels.ts';
import type { Requests } from './requests.ts';

/**
 * Whoever manages a project or group may change our hook too, so that its deliveries have another body, other headers, or are of some branches
 * only: https://docs.gitlab.com/user/project/integrations/webhooks/#custom-webhook-template
 */
const uncustomized = {
  custom_webhook_template: '',
  branch_filter_strategy: 'all_branches',
  push_events_branch_filter: '',
} as const;

/** What deliveries are wanted of. https://docs.gitlab.com/user/project/integrations/webhook_events/ */
const events = {
  repository: ['push_events', 'tag_push_events'],
  organization: [
    ...['push_events', 'tag_push_events', 'member_events', 'subgroup_events'],
    // Since 17.6; earlier versions neither take nor show it.
    'project_events',
  ],
} as const satisfies Record<HookPlace['on'], readonly string[]>;

const hookSchema = z
  .object({
    id: z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform(String),
    url: z.string(),
    enable_ssl_verification: z.boolean(),
    push_events: z.boolean(),
    push_events_branch_filter: z.string().nullish(),
    branch_filter_strategy: z.string().nullish(),
    custom_webhook_template: z.string().nullish(),
    // Since 17.1. Their values are not shown.
    custom_headers: z.array(z.object({ key: z.string() })).nullish(),
    alert_status: z.string().optional(),
    token_present: z.boolean().optional(),
    signing_token_present: z.boolean().optional(),
  })
  .loose();
type Hook = z.infer<typeof hookSchema>;

const nothing = z.unknown();

/**
 * Whether the instance signs deliveries, where its version can: a feature flag decides, which nothing shows but an answer to a change of a hook.
 */
export interface Signing {
  /** @returns undefined when there was no such answer lately */
  known(): boolean | undefined;
  note(signs: boolean): void;
}

export interface HooksOptions {
  readonly requests: Requests;
  readonly signing: Signing;
  readonly version: () => Promise<Version | undefined>;
  readonly organization: ForgeOrganizationId | undefined;
}

export function createHooks({ requests, signing, version, organization }: HooksOptions): Hooks {
  const at = (place: HookPlace, rest = '', values: Readonly<Record<string, string>> = {}) => {
    const id = place.on === 'organization' ? organization : place.repository;
    if (id === undefined) {
      throw new RangeError('hooks of GitLab need a group');
    }
    const route = `/${place.on === 'organization' ? 'groups' : 'projects'}/:id/hooks${rest}`;
    return { route, path: { id, ...values } };
  };
  const one = (place: HookPlace, hook: string) => at(place, '/:hook', { hook });
  const shown = async (place: HookPlace, hook: Hook): Promise<InstalledHook> =>
    installed(place, hook, signsDeliveries(await version()) && signing.known() !== false);

  /**
   * Sends everything that makes the hook ours. In between two changes it has a secret that deliveries are accepted with: GitLab disables a hook
   * whose deliveries are refused.
   */
  async function write(place: HookPlace, wanted: Parameters<Hooks['ensure']>[1], id?: string): Promise<Hook> {
    const { url } = wanted;
    const secret = wanted.secret.reveal();
    const secrets = {
      token: { token: secret },
      both: { token: secret, signing_token: secret },
      // The token would stay otherwise, and go on being sent along.
      signing_token: { token: '', signing_token: secret },
    };
    const send = (how: keyof typeof secrets, hook: string | undefined): Promise<Hook> => {
      const body = {
        ...{ url, ...secrets[how], enable_ssl_verification: true, ...uncustomized },
        ...Object.fromEntries(events[place.on].map((event) => [event, true])),
      };
      return hook === undefined
        ? requests.write('POST', at(place), hookSchema, body)
        : requests.write('PUT', one(place, hook), hookSchema, body);
    };
    if (!signsDeliveries(await version())) {
      return send('token', id);
    }
    const how = signing.known() === true ? 'signing_token' : 'both';
    const hook = await send(how, id);
    const signs = hook.signing_token_present === true;
    signing.note(signs);
    if (signs) {
      return how === 'both' ? send('signing_token', hook.id) : hook;
    }
    return how === 'both' ? hook : send('token', hook.id);
  }

  /** A change of a hook adds headers and removes none: gitlabhq: lib/api/helpers/web_hooks_helpers.rb */
  async function removeHeaders(place: HookPlace, hook: Hook): Promise<Hook> {
    for (const { key } of hook.custom_headers ?? []) {
      const header = at(place, '/:hook/custom_headers/:key', { hook: hook.id, key });
      await unless(['not-found'], requests.write('DELETE', header, nothing));
    }
    return { ...hook, custom_headers: [] };
  }

  const read = (place: HookPlace, id: string): Promise<Hook> => requests.get(one(place, id), hookSchema);

  /** A test delivery that arrives enables a hook: https://docs.gitlab.com/user/project/integrations/webhooks/#re-enable-disabled-webhooks */
  async function enable(place: HookPlace, id: string): Promise<Hook> {
    const test = at(place, '/:hook/test/:trigger', { hook: id, trigger: 'push_events' });
    // It fails for a project without commits, when it does not arrive, and when it was tested too often.
    await unless(
      ['unexpected', 'not-found', 'rate-limited', 'incomplete'],
      requests.write('POST', test, nothing),
    );
    return read(place, id);
  }

  const remove: Hooks['remove'] = async (place, id) => {
    await unless(['not-found'], requests.write('DELETE', one(place, id), nothing));
  };

  return {
    needs: 'Webhooks need a grant or token with the scope `api`, of an account that owns the group.',

    newSecret: (random) => new Secret(`whsec_${Buffer.from(random).toString('base64')}`),

    async list(place) {
      const hidden: readonly ForgeErrorCode[] =
        place.on === 'organization' ? ['not-found', 'insufficient-scope'] : ['not-found'];
      const listing = requests.list('hooks', at(place), hookSchema);
      const hooks = await unless(hidden, withoutSteps.list('hooks', hookSchema, listing));
      return hooks && Promise.all(hooks.map((hook) => shown(place, hook)));
    },

    async ensure(place, wanted, existing) {
      const changed = existing && (await unless(['not-found'], write(place, wanted, existing.id)));
      const hook = await removeHeaders(place, changed ?? (await write(place, wanted)));
      if (stateOf(hook) === 'working') {
        return shown(place, hook);
      }
      const tested = await enable(place, hook.id);
      if (stateOf(tested) !== 'disabled') {
        return shown(place, tested);
      }
      // A new one starts without failures.
      const replacement = await write(place, wanted);
      await remove(place, hook.id);
      return shown(place, replacement);
    },

    remove,

    log: async (place, id) =>
      keepsDeliveries(await version()) ? createHookLog(requests, one(place, id)) : undefined,
  };
}

/** @returns undefined for an error with one of the codes */
async function unless<Answer>(
  codes: readonly ForgeErrorCode[],
  request: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ForgeError && codes.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

/** https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks */
const states: Readonly<Record<string, InstalledHook['state']>> = {
  executable: 'working',
  temporarily_disabled: 'paused',
};

const stateOf = ({ alert_status: status = 'executable' }: Hook): InstalledHook['state'] =>
  states[status] ?? 'disabled';

const isUncustomized = (hook: Hook): boolean =>
  (hook.custom_webhook_template ?? '') === '' &&
  (hook.custom_headers ?? []).length === 0 &&
  (hook.branch_filter_strategy === 'all_branches' || (hook.push_events_branch_filter ?? '') === '');

/** @param signs whether this version signs deliveries: then a hook that does not is to be changed */
function installed(place: HookPlace, hook: Hook, signs: boolean): InstalledHook {
  const hasToken = hook.token_present !== false;
  const hasSecret = signs ? (hook.signing_token_present ?? hasToken) : hasToken;
  const isAsWanted =
    hasSecret &&
    hook.enable_ssl_verification &&
    isUncustomized(hook) &&
    events[place.on].every((event) => hook[event] ?? event === 'project_events');
  return { id: hook.id, url: hook.url, state: stateOf(hook), isAsWanted };
}
