import { z } from 'zod';
import { ChangeError } from '../control/change.ts';
import { historyField, pushHistory, refsField, setRefs } from '../control/push-changes.ts';
import { addApplication } from './applications.ts';
import {
  defineChange,
  levelField,
  resolveActor,
  resolveProject,
  resolveSource,
  resolveUser,
} from './changes-context.ts';
import { findUser } from './paths.ts';
import { scopes } from './state.ts';
import { createPersonalToken, createSourceToken } from './tokens.ts';
import { differences } from './variants.ts';
import { personOf } from './world-to-state.ts';

const scopeField = z.enum(scopes);

/** Tokens and applications, the instance itself, and pushes. */
export const accessChanges = {
  /** A personal token of a user, or a token of a group or project. */
  'create-token': defineChange(
    {
      user: z.string().exactOptional(),
      source: z.string().exactOptional(),
      name: z.string().exactOptional(),
      scopes: z.array(scopeField),
      level: levelField.exactOptional(),
      expires: z.iso.date().exactOptional(),
    },
    (context, { user, source, name = 'token', scopes, level, expires }) => {
      const wanted = { name, scopes, expiresAt: expires, ...(level !== undefined && { level }) };
      if ((user === undefined) === (source === undefined)) throw new ChangeError('name a user or a source');
      if (source !== undefined && !differences.hasGroupAndProjectTokens(context.state.variant)) {
        throw new ChangeError('the plan has no tokens of groups and projects');
      }
      if (scopes.includes('self_rotate') && !differences.hasSelfRotateScope(context.state.variant)) {
        throw new ChangeError('the version has no scope self_rotate');
      }
      const token =
        source === undefined
          ? createPersonalToken(context, resolveUser(context, user ?? ''), wanted)
          : createSourceToken(context, resolveSource(context, source), wanted);
      return { id: token.id, token: token.value, user: token.userId };
    },
  ),

  'revoke-token': defineChange({ id: z.number() }, ({ state }, { id }) => {
    const token = state.tokens.get(id);
    if (token === undefined) throw new ChangeError(`there is no token ${id}`);
    token.revoked = true;
    return undefined;
  }),

  'register-application': defineChange(
    { name: z.string(), redirectUris: z.array(z.string()), scopes: z.array(scopeField) },
    ({ state, random }, { name, redirectUris, scopes }) => {
      const { clientId, clientSecret } = addApplication(state, random, { name, redirectUris, scopes });
      return { clientId, clientSecret };
    },
  ),

  /** Ends what a person has allowed applications. */
  'revoke-authorization': defineChange({ user: z.string() }, (context, { user }) => {
    context.grants.endGrants(resolveUser(context, user).id);
    return undefined;
  }),

  /** Upgrades the instance or changes its plan. */
  'set-variant': defineChange(
    {
      offering: z.enum(['gitlab.com', 'self-managed']).exactOptional(),
      plan: z.enum(['community', 'free', 'premium']).exactOptional(),
      version: z
        .string()
        .regex(/^\d+\.\d+$/)
        .exactOptional(),
    },
    ({ state }, { as: _as, ...changed }) => {
      state.variant = { ...state.variant, ...changed };
      return undefined;
    },
  ),

  /** Commits, branches and tags as one push, by the steps of world files. */
  push: defineChange({ project: z.string(), history: historyField }, async (context, input) => {
    const project = resolveProject(context, input.project);
    const sender = resolveActor(context, project, input.as);
    for (const { author } of input.history) if (author !== undefined) resolveUser(context, author);
    await context.pushes.receive(project, sender, (refs) =>
      pushHistory(
        {
          directory: project.gitDirectory,
          defaultBranch: project.defaultBranch,
          person: (login) => personOf(login === undefined ? sender : findUser(context.state, login)),
          startAt: context.now(),
          refs,
        },
        input.history,
      ),
    );
    return undefined;
  }),

  /** Points refs, by full name, at a branch, tag or commit, or deletes them (null); as one push. */
  'set-refs': defineChange({ project: z.string(), refs: refsField }, async (context, input) => {
    const project = resolveProject(context, input.project);
    const sender = resolveActor(context, project, input.as);
    await context.pushes.receive(project, sender, () => setRefs(project.gitDirectory, input.refs));
    return undefined;
  }),
};
