import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import {
  defineChange,
  resolveAccount,
  resolveProject,
  resolveRepository,
  resolveWorkspace,
  workspaceField,
} from './changes-context.ts';
import { addConsumer } from './consumers.ts';
import { apiScopes, scopes } from './scopes.ts';
import { createAccessToken, createApiToken, unavailableScopes } from './tokens.ts';
import { differences } from './variants.ts';

const scopeField = z.enum(scopes);
const apiScopeField = z.enum(apiScopes);
const dayField = z.iso.date().exactOptional();
const optional = z.string().exactOptional();

/** Consumers and tokens, and what the documentation leaves open. */
export const accessChanges = {
  'register-consumer': defineChange(
    {
      ...{ workspace: workspaceField, name: z.string(), callbackUrl: z.string() },
      ...{ scopes: z.array(scopeField), private: z.boolean().exactOptional() },
    },
    (context, { workspace, name, callbackUrl, scopes: given, private: isPrivate = true }) => {
      const { state, random } = context;
      const wanted = { name, callbackUrl, scopes: given, isPrivate };
      const { key, secret } = addConsumer(state, random, resolveWorkspace(context, workspace), wanted);
      return { key, secret };
    },
  ),

  /** A person's token. */
  'create-api-token': defineChange(
    { user: z.string(), name: optional, scopes: z.array(apiScopeField), expires: dayField },
    (context, { user, name = 'token', scopes: given, expires }) => {
      const wanted = { name, scopes: given, expiresAt: expires };
      const { id, value } = createApiToken(context, resolveAccount(context, user), wanted);
      return { id, token: value };
    },
  ),

  /** A token of a repository, a project or a workspace. */
  'create-access-token': defineChange(
    {
      ...{ workspace: optional, project: optional, repository: optional, name: optional },
      ...{ scopes: z.array(scopeField), expires: dayField },
    },
    (context, { workspace, project, repository, name = 'token', scopes: given, expires }) => {
      const kind = repository ? 'repository' : project ? 'project' : 'workspace';
      const holder = repository
        ? resolveRepository(context, repository)
        : project
          ? resolveProject(context, project)
          : resolveWorkspace(context, workspace);
      if (kind !== 'repository' && !differences.hasWorkspaceAndProjectTokens(context.state.variant)) {
        throw new ChangeError('the plan has no tokens of workspaces and projects');
      }
      const unavailable = unavailableScopes(kind, given);
      if (unavailable.length > 0) throw new ChangeError(`a ${kind} token has no ${unavailable.join(', ')}`);
      const { id, value } = createAccessToken(context, kind, holder, {
        name,
        scopes: given,
        expiresAt: expires,
      });
      return { id, token: value };
    },
  ),

  /** Takes scopes from an API token, or gives it others. */
  'set-api-token': defineChange({ id: z.number(), scopes: z.array(apiScopeField) }, ({ state }, given) => {
    const token = state.apiTokens.get(given.id);
    if (token === undefined) throw new ChangeError(`there is no API token ${given.id}`);
    token.scopes = given.scopes;
    return undefined;
  }),

  'revoke-token': defineChange({ id: z.number() }, ({ state }, { id }) => {
    const token = state.apiTokens.get(id) ?? state.accessTokens.get(id);
    if (token === undefined) throw new ChangeError(`there is no token ${id}`);
    token.revoked = true;
    return undefined;
  }),

  /** Ends what a person has allowed consumers. */
  'revoke-authorization': defineChange({ user: z.string() }, (context, { user }) => {
    context.grants.endGrants(resolveAccount(context, user).uuid);
    return undefined;
  }),

  'set-variant': defineChange(
    {
      plan: z.enum(['free', 'standard', 'premium']).exactOptional(),
      administration: z.enum(['bitbucket', 'atlassian']).exactOptional(),
      seats: z.number().int().nonnegative().exactOptional(),
      listsProjectGrants: z.boolean().exactOptional(),
      groups: z.enum(['served', 'empty', 'not-found', 'removed']).exactOptional(),
      archivesTakeOAuth: z.boolean().exactOptional(),
    },
    ({ state }, { as: _as, ...changed }) => {
      state.variant = { ...state.variant, ...changed };
      return undefined;
    },
  ),
};
