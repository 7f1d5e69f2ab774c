/** The operations of the API, as its document has them, with a request for each. */
import type { Access } from '../../functions/serve-api/frame/access.ts';
import type { OpenApiOperation } from '../../functions/serve-api/frame/readable-page.ts';
import { type ApiKeyScope, apiKeyScopes } from '../../shared/domain/api-key.ts';
import type { Example } from './api-example.ts';
import { examples } from './api-examples.ts';
import type { ApiRequest, ApiWorld, Person, Sender } from './api-world.ts';
import { apiPrefix, document } from './documented-answers.ts';

export interface Operation {
  readonly name: string;
  /** As in an address: `/organizations/{slug}`. */
  readonly path: string;
  readonly method: string;
  readonly access: Access;
  readonly scope: ApiKeyScope | 'none';
  readonly act: string | undefined;
  readonly isOfOrganization: boolean;
  /** It is about one object of the organization or the person, and says which. */
  readonly namesObject: boolean;
  readonly definition: OpenApiOperation;
}

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, definition]) => ({
    name: definition.operationId,
    path: path.slice(apiPrefix.length),
    method: method.toUpperCase(),
    access: definition['x-access'] as Access,
    scope: definition['x-scope'] as Operation['scope'],
    act: definition['x-act'],
    isOfOrganization: path.startsWith(`${apiPrefix}/organizations/{slug}`),
    namesObject: examples[definition.operationId]?.namesObject ?? path.replace('{slug}', '').includes('{'),
    definition,
  })),
);

interface AnswerSchema {
  readonly $ref?: string;
  readonly allOf?: readonly AnswerSchema[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The schema of a JSON answer that means success, whatever it is put together from. */
export function schemaOfAnswer({ definition }: Operation): AnswerSchema | undefined {
  const content = definition.responses['200']?.content?.['application/json'];
  return resolved(content?.schema as AnswerSchema | undefined);
}

function resolved(schema: AnswerSchema | undefined): AnswerSchema | undefined {
  const name = schema?.$ref?.slice(schema.$ref.lastIndexOf('/') + 1);
  if (name !== undefined) {
    return resolved(document.components?.schemas?.[name] as AnswerSchema | undefined);
  }
  const parts = schema?.allOf?.map((part) => resolved(part)?.properties ?? {});
  return parts === undefined ? schema : { properties: Object.assign({}, ...parts) };
}

/** The least of those who may use it. */
export const rightful: Readonly<Record<Access, Sender>> = {
  public: 'nobody',
  user: 'member',
  reader: 'outside',
  member: 'member',
  owner: 'owner',
  administrator: 'administrator',
};

/** People who are known, and may not. */
export const wrongful: Readonly<Record<Access, readonly Person[]>> = {
  public: [],
  user: [],
  reader: [],
  member: ['outside'],
  owner: ['outside', 'member'],
  administrator: ['owner', 'member', 'stranger'],
};

/** Each of which alone is enough for a key, the named one first; none where no key may. */
export const scopesFor = ({ scope, definition }: Operation): readonly ApiKeyScope[] =>
  scope === 'none' ? [] : [scope, ...((definition['x-or-scope'] ?? []) as readonly ApiKeyScope[])];

export const otherScopes = (operation: Operation): readonly ApiKeyScope[] =>
  apiKeyScopes.filter((one) => !scopesFor(operation).includes(one));

/** Brings about what the operation needs. @returns the request for an organization */
export async function prepared(
  world: ApiWorld,
  { name, path, method }: Operation,
): Promise<(slug?: string) => ApiRequest> {
  const example = examples[name];
  if (example === undefined) {
    throw new Error(`test/support/api-examples.ts has no request for ${name}`);
  }
  await example.inSession?.(world);
  const { params = {}, query, body, headers }: Example = { ...example, ...(await example.prepare?.(world)) };
  return (slug = 'acme') => {
    const values: Readonly<Record<string, string>> = { slug, ...params };
    const target = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
      const value = values[parameter];
      if (value === undefined) {
        throw new Error(`the request for ${name} has no ${parameter}`);
      }
      return encodeURIComponent(value);
    });
    return {
      method,
      path: query === undefined ? target : `${target}?${query}`,
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    };
  };
}
