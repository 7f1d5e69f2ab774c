/** Verifies GitHub's deliveries and says where each sends us to look. */
import { verify } from '@octokit/webhooks-methods';
import { z } from 'zod';
import type { ScopeName } from '../../domain/facts.ts';
import { asId, type InstallationId } from '../../domain/ids.ts';
import { type Hint, WebhookFormatError, type WebhookReader } from '../forge.ts';
import { forgeNumber, organizationId, repositoryId } from './schema.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** How one kind of event becomes hints: by what its payload must hold. */
type Rule = (payload: unknown) => readonly Hint[];

const scopes =
  (...names: readonly ScopeName[]): Rule =>
  () =>
    names.map((scope) => ({ look: 'scope', scope }));

const contentSchema = z.object({ repository: z.object({ id: repositoryId }) });
const content: Rule = (payload) => [
  { look: 'repository-content', repository: contentSchema.parse(payload).repository.id },
];

const both =
  (...rules: readonly Rule[]): Rule =>
  (payload) =>
    rules.flatMap((rule) => rule(payload));

const nothing: Rule = () => [];

const accountSchema = z.object({
  installation: z.object({ account: z.object({ type: z.string().optional() }) }),
});
const installationSchema = z.object({
  installation: z.object({
    suspended_at: z.union([z.string(), z.number()]).nullish(),
    account: z.object({ id: organizationId, login: z.string().min(1) }),
  }),
});
const installation =
  (action: 'created' | 'changed' | 'removed'): Rule =>
  (payload) => {
    if (accountSchema.parse(payload).installation.account.type !== 'Organization') {
      return [];
    }
    const { account, suspended_at } = installationSchema.parse(payload).installation;
    const suspended = suspended_at !== undefined && suspended_at !== null;
    return [
      { look: 'installation', action, organization: { id: account.id, login: account.login, suspended } },
    ];
  };

/**
 * Where to look after each event: by its action, `*` for all others. The state itself comes from the API, so a row only has to name
 * every scope that the event may have touched. What is not listed changes nothing that we read.
 *
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
const table: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  installation: {
    created: installation('created'),
    deleted: installation('removed'),
    suspend: installation('changed'),
    unsuspend: installation('changed'),
    // What could not be read before may be readable now.
    new_permissions_accepted: installation('changed'),
  },
  // Repositories came into or went out of our sight, and with them teams' rows about them.
  installation_repositories: { '*': scopes('repositories', 'teams') },
  // The account took another login: it stands in the settings and in every full name.
  installation_target: { '*': scopes('settings', 'repositories') },
  organization: {
    member_added: scopes('members', 'teams'),
    // GitHub takes the person out of teams and off repositories too; who stays as outside collaborator is told there.
    member_removed: scopes('members', 'teams', 'repositories'),
    // An invitation is no membership.
    member_invited: nothing,
    renamed: scopes('settings', 'repositories'),
    // The read finds out what is left, if the installation's own event is late.
    deleted: scopes('settings'),
    '*': nothing,
  },
  // Created, deleted, edited (also a new parent, which `changes` does not tell), rights given and taken.
  team: { '*': scopes('teams') },
  team_add: { '*': scopes('teams') },
  membership: { '*': scopes('teams') },
  // Collaborators of a repository.
  member: { '*': scopes('repositories') },
  repository: {
    created: scopes('repositories', 'teams'),
    deleted: scopes('repositories', 'teams'),
    transferred: scopes('repositories', 'teams'),
    renamed: scopes('repositories'),
    privatized: scopes('repositories'),
    publicized: scopes('repositories'),
    // Its packages are abandoned, or no longer.
    archived: both(scopes('repositories'), content),
    unarchived: both(scopes('repositories'), content),
    // May be another default branch.
    edited: both(scopes('repositories'), content),
    '*': scopes('repositories'),
  },
  public: { '*': scopes('repositories') },
  // All refs are compared, whichever one is named: more than three tags at once are told by no event.
  push: { '*': content },
  create: { '*': content },
  delete: { '*': content },
  // Nothing of ours depends on a person's authorization of the app.
  github_app_authorization: { '*': nothing },
  ping: { '*': nothing },
};

function ruleOf(event: string, action: string | undefined): Rule {
  const rules = new Map(Object.entries(table[event] ?? {}));
  return rules.get(action ?? '*') ?? rules.get('*') ?? nothing;
}

const actionSchema = z.object({ action: z.string() });
const installationIdSchema = z.object({
  installation: z.object({ id: forgeNumber.transform((id) => asId<InstallationId>(id)) }).optional(),
});

/** Actions that tell of something taken away: a read that does not show it yet is repeated. */
const removals: ReadonlySet<string> = new Set([
  'deleted',
  'member_removed',
  'privatized',
  'removed',
  'removed_from_repository',
  'transferred',
]);

export function createWebhookReader({ secret }: { readonly secret: string }): WebhookReader {
  return {
    async verify(body, headers) {
      const signature = headers['x-hub-signature-256'];
      const text = decode(body);
      if (!signature || !text) {
        return false;
      }
      return verify(secret, text, signature);
    },

    parse(body, headers) {
      const event = required(headers, 'x-github-event');
      const deliveryId = required(headers, 'x-github-delivery');
      const payload = parseJson(body, event);
      const action = actionSchema.safeParse(payload).data?.action;
      const rule = ruleOf(event, action);
      try {
        return {
          deliveryId,
          event: action === undefined ? event : `${event}.${action}`,
          installation: installationIdSchema.parse(payload).installation?.id,
          hints: rule(payload),
          ...(action !== undefined && removals.has(action) ? { removal: true } : {}),
        };
      } catch (error) {
        if (!(error instanceof z.ZodError)) {
          throw error;
        }
        const places = error.issues.map((issue) => issue.path.join('.') || '(the whole)');
        throw new WebhookFormatError(`a ${event} event lacks ${places.join(', ')}`);
      }
    },
  };
}

function required(headers: Headers, name: string): string {
  const value = headers[name];
  if (!value) {
    throw new WebhookFormatError(`a delivery lacks the header ${name}`);
  }
  return value;
}

/** The very bytes as text, so that signing the text signs the bytes; undefined where that cannot be. */
function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

function parseJson(body: Uint8Array, event: string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new WebhookFormatError(`a ${event} event is no JSON`);
  }
}
