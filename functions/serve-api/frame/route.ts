/** What a route says of itself. The types make it impossible to leave out who may use it and what it leaves in the history. */
import type { z } from 'zod';
import type { ApiKeyScope } from '../../../shared/domain/api-key.ts';
import type { Organization } from '../../../shared/domain/organization.ts';
import type { RepositoryOf } from '../../../shared/domain/repository-key.ts';
import type { Synchronization } from '../../../shared/domain/synchronization.ts';
import type { Role } from '../../../shared/organizations/membership.ts';
import type { Accountable } from '../../../shared/organizations/owner-act.ts';
import type { RequestOrigin } from '../../../shared/store/session-store.ts';
import type { Access, Caller, OperatorCaller, OrganizationAccess, OrRight, UserCaller } from './access.ts';
import type { ApiDependencies } from './dependencies.ts';

interface CommonDefinition {
  /** Unique; becomes the operation's id, and the name of the function in generated clients. */
  readonly name: string;
  /** Below /api/v1. Routes for `reader`, `member` and `owner` begin with `/organizations/{slug}`. */
  readonly path: `/${string}`;
  /** The heading that it stands under in the documentation. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** What is enough without the role. */
  readonly orRight?: OrRight;
  /** The scope that a machine's key needs; `none`: no key may. */
  readonly scope: ApiKeyScope | 'none';
  /** Scopes that are enough without that one: those of the operations whose `Location` leads here. */
  readonly orScopes?: readonly ApiKeyScope[];
  /** Of the path, without the slug. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly answer: AnswerDefinition;
  /** Problems beside those that follow from the rest of the definition. */
  readonly problems?: readonly (404 | 409)[];
}

/** The one answer that means success. */
export interface AnswerDefinition {
  readonly status: 200 | 201 | 202 | 204;
  /** Undefined: it has no body. */
  readonly schema?: z.ZodType;
  /** Other than JSON: then the schema is of text. */
  readonly mediaType?: 'application/jsonl' | 'text/html; charset=utf-8';
  readonly description: string;
}

export interface ReadDefinition extends CommonDefinition {
  readonly method: 'get';
  /** The answer has an ETag, which a change at the same path takes. */
  readonly hasETag?: true;
}

interface AnyChange extends CommonDefinition {
  readonly method: 'post' | 'put' | 'patch' | 'delete';
  /** What the history has of it. */
  readonly act: string;
  /** `key`: it creates something, and takes an `Idempotency-Key`. `natural`: doing it twice has the effect of doing it once. */
  readonly idempotency: 'key' | 'natural';
  /** What the same request is answered once it is done, where that is no success: that what it names is gone, or in that state already. */
  readonly repeated?: 403 | 404 | 409 | 412 | 422;
  /** It changes what others may have changed since it was read. The handler compares (frame/etag.ts), and answers with the new ETag. */
  readonly ifMatch?: 'required' | 'optional';
  readonly body?: z.ZodObject;
}

/** A person has to have proved who he is within 15 minutes; a machine has to have the scope for it. */
interface Dangerous extends AnyChange {
  readonly isDangerous: true;
  readonly scope: 'danger' | 'tokens' | 'members' | 'settings' | 'none';
}

interface Harmless extends AnyChange {
  readonly isDangerous: false;
}

export type ChangeDefinition = Dangerous | Harmless;

export type RouteDefinition = ReadDefinition | ChangeDefinition;

type CallerFor<OfAccess extends Access> = OfAccess extends 'public'
  ? undefined
  : OfAccess extends 'user'
    ? UserCaller
    : OfAccess extends 'administrator'
      ? UserCaller | OperatorCaller
      : Caller;

type Parsed<Definition, Part extends string> = Definition extends {
  readonly [Name in Part]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

interface OrganizationPart {
  readonly organization: Organization;
  /** Keys and the operator are owners. */
  readonly role: Role;
  /** Those of the organization. No read for people and their keys, whose role was found by them. */
  synchronizations(): Promise<readonly Synchronization[]>;
  /** Whether the caller may do this with the repository; for whoever has the role: with every one. */
  mayActOn(repository: RepositoryOf): boolean;
  /** The keys of those with which the caller may; undefined for whoever has the role: all. */
  readonly onlyRepositories: readonly string[] | undefined;
}

/** What a handler is given: everything parsed and allowed. */
export type RouteRequest<Definition extends RouteDefinition> = {
  readonly params: Parsed<Definition, 'params'>;
  readonly query: Parsed<Definition, 'query'>;
  readonly body: Parsed<Definition, 'body'>;
  readonly caller: CallerFor<Definition['access']>;
  readonly headers: Headers;
  /** What the browser keeps beside its session. */
  readonly cookies: ReadonlyMap<string, string>;
  /** Where the request comes from, as the CDN says. */
  readonly origin: RequestOrigin;
  /** Who asks, for the history; with the reason that he gives. */
  accountable(why?: string): Promise<Accountable>;
} & (Definition['access'] extends OrganizationAccess ? OrganizationPart : unknown);

type BodyOf<Definition extends RouteDefinition> = Definition['answer'] extends {
  readonly schema: infer Schema extends z.ZodType;
}
  ? { readonly body: Unchanged<z.input<Schema>> }
  : { readonly body?: undefined };

/** Nothing changes an answer: what use cases return may be read-only. */
type Unchanged<Value> = Value extends object
  ? { readonly [Name in keyof Value]: Unchanged<Value[Name]> }
  : Value;

export type RouteAnswer<Definition extends RouteDefinition> = BodyOf<Definition> & {
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers `Set-Cookie`, one each. */
  readonly setCookies?: readonly string[];
};

type Handle<Definition extends RouteDefinition> = (
  dependencies: ApiDependencies,
  request: RouteRequest<Definition>,
) => Promise<RouteAnswer<Definition>>;

/** A route of whatever kind. */
export interface Route {
  readonly definition: RouteDefinition;
  handle(dependencies: ApiDependencies, request: AnyRequest): Promise<AnyAnswer>;
}

/** What every request has; what only some have is there when the definition says so. */
export interface AnyRequest extends Partial<OrganizationPart> {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Caller | undefined;
  readonly headers: Headers;
  readonly cookies: ReadonlyMap<string, string>;
  readonly origin: RequestOrigin;
  accountable(why?: string): Promise<Accountable>;
}

export interface AnyAnswer {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly setCookies?: readonly string[];
}

/** A route with its handler, whose types follow from the definition. */
export function defineRoute<const Definition extends RouteDefinition>(
  definition: Definition,
  handle: Handle<Definition>,
): Route {
  // The frame fills the request from this very definition, so it is what the handler's type says.
  return { definition, handle: handle as unknown as Route['handle'] };
}

export const isChange = (definition: RouteDefinition): definition is ChangeDefinition =>
  definition.method !== 'get';
