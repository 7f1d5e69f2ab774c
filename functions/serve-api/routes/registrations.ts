import { z } from 'zod';
import {
  IntegrationKey,
  NewIntegration,
  NewRegistration,
  RegistrationAnswer,
  RegistrationForm,
} from '../../../shared/console-api/forges.ts';
import { integrationKeyOf } from '../../../shared/forge/integration-key.ts';
import { enterClient } from '../../../shared/organizations/enter-client.ts';
import {
  beginRegistration,
  completeRegistration,
} from '../../../shared/organizations/register-integration.ts';
import type { Caller } from '../frame/access.ts';
import { defineRoute, type Route } from '../frame/route.ts';

const common = {
  method: 'post',
  tag: 'Installation',
  access: 'administrator',
  scope: 'none',
  isDangerous: true,
} as const;

const idOf = (caller: Caller): string => (caller.kind === 'user' ? caller.user : caller.kind);

const begin = defineRoute(
  {
    ...common,
    name: 'beginRegistration',
    path: '/installation/registrations',
    summary: 'Register this installation at a code host by one form',
    description:
      'Send the form from your browser: the code host asks you, and sends you back with `code` and `state`.',
    body: NewRegistration,
    act: 'begin-registration',
    idempotency: 'key',
    answer: { status: 201, schema: RegistrationForm, description: 'The form.' },
  },
  async (dependencies, { caller, body, accountable }) => {
    const { action, fields } = await beginRegistration(dependencies, idOf(caller), body, await accountable());
    return { body: { action, fields: { ...fields } } };
  },
);

const complete = defineRoute(
  {
    ...common,
    name: 'completeRegistration',
    path: '/installation/registrations/complete',
    summary: 'Take what the code host registered',
    description:
      'Only for whoever began it, within an hour, and once. When it could not be stored (409, `too-early`), the same request completes it.',
    body: RegistrationAnswer,
    act: 'register-integration',
    idempotency: 'natural',
    problems: [404],
    repeated: 422,
    answer: {
      status: 200,
      schema: z.object({ key: IntegrationKey }),
      description: 'People can sign in with it within a minute.',
    },
  },
  async (dependencies, { caller, body, accountable }) => {
    const { forge, settings } = await completeRegistration(
      dependencies,
      idOf(caller),
      body,
      await accountable(),
    );
    return { body: { key: integrationKeyOf({ forge, baseUrl: settings.baseUrl }) } };
  },
);

const enter = defineRoute(
  {
    ...common,
    name: 'enterClient',
    path: '/installation/integrations',
    summary: 'Add a code host by the OAuth client that you made there',
    description:
      'For code hosts without a form. The redirect address of the client is `{console}/sign-in/callback/{key}`, where the key is the code host and its address as GET /integrations has it: `gitea~git.example.com`, and `gitea~git.example.com~root` below a relative root. The code host is asked whether it knows the client.',
    body: NewIntegration,
    act: 'register-integration',
    idempotency: 'natural',
    problems: [404],
    answer: {
      status: 200,
      schema: z.object({ key: IntegrationKey }),
      description: 'People can sign in with it within a minute.',
    },
  },
  async (dependencies, { body, accountable }) => {
    const { forge, baseUrl, apiUrl, clientId: id, clientSecret: secret } = body;
    const entered = { forge, baseUrl, apiUrl, id, secret };
    const { settings } = await enterClient(dependencies, entered, await accountable());
    return { body: { key: integrationKeyOf({ forge, baseUrl: settings.baseUrl }) } };
  },
);

export const registrationRoutes: readonly Route[] = [begin, complete, enter];
