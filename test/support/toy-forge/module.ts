/** The smallest forge adapter: ids in braces, tokens that are renewed, and a token in a header for its webhooks. */
import { timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { ForgeTraits } from '../../../shared/domain/forge-traits.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { parseJson } from '../../../shared/domain/parse-json.ts';
import { type AnyScope, isPart, isScope, mainKeyOf, partOf } from '../../../shared/domain/scopes.ts';
import { type CredentialSource, readyCredential } from '../../../shared/forge/credential.ts';
import { ForgeError } from '../../../shared/forge/errors.ts';
import { parseFact } from '../../../shared/forge/fact-schema.ts';
import { type LookUp, type RepositoryIds, WebhookFormatError } from '../../../shared/forge/forge.ts';
import type { ForgeClient, ForgeModule, OpenConnection } from '../../../shared/forge/module.ts';
import { type Token, TokenPair, type ToyApi, type ToySecrets, type ToySettings } from './api.ts';
import { createToySignIn } from './sign-in.ts';

export const toyTraits: ForgeTraits = {
  scopes: [
    { name: 'settings', kinds: ['settings'] },
    { name: 'members', kinds: ['member'] },
    { name: 'teams', kinds: ['team', 'team-member', 'team-repository'], after: ['members', 'repositories'] },
    { name: 'repositories', kinds: ['repository', 'collaborator'] },
  ],
  lagMs: 120_000,
  deliveriesKeptMs: 0,
  budgets: ['rights'],
};

const list = z.string().refine(isScope);
const Todo = z.object({ list, page: z.number(), seen: z.number(), total: z.number().optional() });
const facts = z.array(z.unknown().transform(parseFact));
/** Lists still to be read, and the facts found so far. */
const Progress = z.object({ scope: list, todo: z.array(Todo), facts });
type Progress = z.infer<typeof Progress>;
const Delivery = z.object({ id: z.string(), event: z.string(), about: z.string().default('') });
const begin = (scope: AnyScope) => ({ list: scope, page: 1, seen: 0 });
type Tokens = CredentialSource<TokenPair>;

function openToy(api: ToyApi, { connection, services }: OpenConnection, source: Tokens): ForgeClient {
  const budget = services.budgets(connection.kind);
  const { now } = services.clock;
  const before = api.requests;
  /** Sends a request with a valid token, unless a rate limit was reached. */
  async function ask<Answer>(request: (token: Token) => Answer): Promise<Answer> {
    const { notBefore } = await budget.read();
    if (notBefore > now()) throw new ForgeError('rate-limited', 'a limit was met before', { notBefore });
    const current = await readyCredential(source, api.exchange, now());
    try {
      return request(current);
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      if (error.notBefore !== undefined) await budget.note({ met: 'limit', until: error.notBefore });
      throw error.code === 'credential-rejected' ? await source.reject(error.code, current) : error;
    }
  }
  async function readLists({ scope, todo, facts }: Progress, mayContinue: () => boolean) {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const { list, page, seen, total } = next;
      const found = await ask((token) => api.list(token, list, page));
      const read = seen + found.facts.length;
      const isWhole = found.total === (total ?? found.total) && (!found.isLast || read === found.total);
      if (!isWhole) throw new ForgeError('incomplete', 'a list does not add up');
      facts.push(...found.facts);
      todo.unshift(...(found.isLast ? [] : [{ list, page: page + 1, seen: read, total: found.total }]));
      const workItems = list === 'teams' || list === 'repositories' ? found.facts : [];
      todo.push(...workItems.flatMap((fact) => partOf(fact) ?? []).map(begin));
      if (todo.length > 0 && !mayContinue()) {
        return { unfinished: { state: { scope, todo, facts }, read: facts.length, total: undefined } };
      }
    }
    return {
      done: { facts, covers: isPart(scope) ? [scope] : [], absenceIsAuthoritative: false, followUps: [] },
    };
  }
  const refsOf = ({ repository }: RepositoryIds) =>
    ask((token) => {
      const fact = api.find(token, `repository:${repository}`);
      if (fact?.kind !== 'repository') throw new ForgeError('not-found', 'there is no such repository');
      return { ...fact, refs: api.refsOf(token, repository) };
    });
  return {
    structure: {
      probe: () => ask((token) => api.probe(token)),
      async readScope(scope, { from, mayContinue = () => true } = {}) {
        const main = isPart(scope) ? await ask((token) => api.find(token, scope)) : undefined;
        if (isPart(scope) && main === undefined) {
          return {
            done: {
              facts: [],
              covers: [scope],
              absenceIsAuthoritative: true,
              absence: 'gone',
              followUps: [],
            },
          };
        }
        const start = { scope, todo: [begin(scope)], facts: main === undefined ? [] : [main] };
        const left = Progress.safeParse(from).data;
        return readLists(left?.scope === scope ? left : start, mayContinue);
      },
      async lookUp(workItems) {
        const found = await ask((token) => workItems.map(({ part }) => api.find(token, part)));
        const say = (fact: unknown): LookUp => (fact ? { is: 'present' } : { is: 'absent', absence: 'gone' });
        return new Map(workItems.map(({ part }, place) => [part, say(found[place])]));
      },
    },
    contents: {
      async readRefs(of) {
        const { refs, name, archived, defaultBranch } = await refsOf(of);
        const links = { source: { type: 'git', url: name }, tree: `${name}/{ref}` } as const;
        const [tags, branches] = [refs.filter(({ isTag }) => isTag), refs.filter(({ isTag }) => !isTag)];
        return { tags, branches, unusable: [], defaultBranch, archived, links };
      },
      async contains(of, hash) {
        const found = (await refsOf(of)).refs.flatMap(({ history }) => history);
        const commit = found.find((one) => one.startsWith(hash));
        return commit === undefined ? { is: 'not-contained' } : { is: 'contained', commit };
      },
      async readArchive(of, commit, signal) {
        signal.throwIfAborted();
        const isThere = (await refsOf(of)).refs.some(({ history }) => history.includes(commit));
        if (!isThere) throw new ForgeError('not-found', 'there is no such commit');
        return Readable.from([`PK archive of ${commit}`]);
      },
    },
    requests: () => api.requests - before,
  };
}

export const createToyModule = (api: ToyApi): ForgeModule<ToySettings, ToySecrets, TokenPair> => ({
  id: 'toy',
  name: 'Toy',
  traits: toyTraits,
  settings: z.strictObject({ baseUrl: z.url(), clientId: z.string().optional() }),
  secrets: z.strictObject({ clientSecret: z.string().optional() }),
  signIn: createToySignIn(api),
  credential: TokenPair,
  async open(connection, tokens) {
    if (tokens === undefined) throw new RangeError('a toy forge is opened with tokens');
    return openToy(api, connection, tokens);
  },
  webhooks: {
    async verify(_, headers, secret) {
      const [given, wanted] = [Buffer.from(headers['x-toy-token'] ?? ''), Buffer.from(secret)];
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
    parse(body) {
      const delivery = Delivery.safeParse(parseJson(Buffer.from(body).toString())).data;
      if (delivery === undefined) throw new WebhookFormatError('a delivery cannot be read');
      const { id: deliveryId, event, about } = delivery;
      const [kind, action] = event.split(' ');
      const scope = `${kind}:${about}`;
      const empty = { deliveryId, event, installation: undefined, arrivals: [], removals: [], hints: [] };
      if (!/^(member|team|repository)$/.test(kind ?? '')) return empty;
      if (!isScope(scope) || !isPart(scope)) throw new WebhookFormatError('an event is about nothing');
      if (action === 'pushed') {
        return { ...empty, hints: [{ look: 'repository-content', repository: asId(about) }] };
      }
      const gone = { key: mainKeyOf(scope), expect: 'gone' } as const;
      return { ...empty, removals: action === 'removed' ? [gone] : [], hints: [{ look: 'scope', scope }] };
    },
  },
});
