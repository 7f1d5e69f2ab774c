/** A code host that makes an App of a form, and knows every OAuth client whose secret is not `wrong`. */
import { appKeyPem } from './app-key.ts';

export const registeredApp = {
  ...{ id: 7, slug: 'registry', client_id: 'client', client_secret: 'client-secret' },
  ...{ webhook_secret: 'webhook-secret', pem: appKeyPem },
};

export const registeringFetch: typeof fetch = async (input, init) => {
  if (!/\/oauth\/token$|\/oauth2\/access_token$/.test(String(input))) {
    return Response.json(registeredApp, { status: 201 });
  }
  const basic = new Headers(init?.headers).get('authorization')?.split(' ')[1] ?? '';
  const inHeader = Buffer.from(basic, 'base64').toString('utf8').split(':')[1];
  const secret = new URLSearchParams(String(init?.body)).get('client_secret') ?? inHeader;
  return secret === 'wrong'
    ? Response.json({ error: 'invalid_client' }, { status: 401 })
    : Response.json({ error: 'invalid_grant' }, { status: 400 });
};
