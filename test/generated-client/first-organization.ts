/**
 * A person's way from a sign-in to a token, through a client that has nothing of ours but the OpenAPI document. Its types are made of the
 * document when the tests run, which check this file with them; so it is not in the project's tsconfig.json.
 */
import createClient from 'openapi-fetch';
import type { paths } from './schema.d.ts';

export interface Console {
  readonly baseUrl: string;
  headers(): Readonly<Record<string, string>>;
  /** Gives the registry access to an organization, at the code host's page. */
  giveAccess(installUrl: string): Promise<void>;
}

/** Connects the organization, waits until its code host was read, and makes a token. @returns the token's secret */
export async function connectFirstOrganization(
  { baseUrl, headers, giveAccess }: Console,
  login: string,
): Promise<string> {
  const client = createClient<paths>({ baseUrl });
  client.use({
    onRequest({ request }) {
      for (const [name, value] of Object.entries(headers())) {
        request.headers.set(name, value);
      }
      return request;
    },
  });

  const { data: integrations } = await client.GET('/api/v1/integrations');
  const integration = integrations?.items.find(({ isSignInOffered }) => isSignInOffered)?.key;
  const owned = async () => {
    const query = { integration: integration ?? '' };
    const { data, error } = await client.GET('/api/v1/me/forge-organizations', { params: { query } });
    const found = data?.items.find((one) => one.login === login);
    if (integration === undefined || found === undefined) {
      throw new Error(`${login} is not offered: ${error?.detail}`);
    }
    return { ...found, integration };
  };

  const before = await owned();
  if (before.state !== 'needs-access' || before.installUrl === undefined) {
    throw new Error(`${login} is ${before.state} before it gave access`);
  }
  await giveAccess(before.installUrl);
  const from = await owned();
  const { data: made, error } = await client.POST('/api/v1/organizations', {
    params: { header: { 'idempotency-key': 'the-first' } },
    body: {
      slug: login,
      ownedVendors: [login],
      from: { integration: from.integration, organization: from.id, repositories: 'all' },
    },
  });
  if (made?.synchronization === undefined) {
    throw new Error(`the organization was not made: ${error?.detail}`);
  }
  const params = { path: { slug: made.slug, synchronization: made.synchronization } };
  const one = '/api/v1/organizations/{slug}/synchronizations/{synchronization}';
  const { data: added } = await client.GET(one, { params });
  const query = { asked: added?.createdAt ?? '' };
  for (let isRead = false; !isRead; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { data, error: failure } = await client.GET(`${one}/progress`, { params: { ...params, query } });
    if (data === undefined) {
      throw new Error(`there is no progress: ${failure?.detail}`);
    }
    isRead = data.isDone;
  }
  const { data: token, error: refused } = await client.POST('/api/v1/me/tokens', {
    params: { header: { 'idempotency-key': 'its-token' } },
    body: { description: 'Composer', expiresAt: null },
  });
  if (token === undefined) {
    throw new Error(`there is no token: ${refused?.detail}`);
  }
  return token.secret;
}
