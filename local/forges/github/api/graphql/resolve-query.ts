import { findOrganization, findRepository, findUser } from '../rights.ts';
import { forbidden, graphqlError, unimplemented } from './errors.ts';
import {
  fieldsOf,
  organizationSource,
  type QueryContext,
  repositorySource,
  teamSource,
  textArgument,
  userSource,
} from './sources.ts';

const MAX_NODE_IDS = 100;

/** The object with a global id, if the request may see it. */
function nodeOf({ state, viewer }: QueryContext, id: string) {
  const own = viewer.installation?.organizationId;
  for (const repository of state.repositories.values()) {
    if (repository.nodeId === id) return viewer.sees(repository) ? repositorySource(repository) : undefined;
  }
  for (const team of state.teams.values()) {
    if (team.nodeId !== id || team.enterprise) continue;
    return team.organizationId === own && viewer.may('members') ? teamSource(team) : undefined;
  }
  for (const organization of state.organizations.values()) {
    if (organization.nodeId === id)
      return organization.id === own ? organizationSource(organization) : undefined;
  }
  for (const user of state.users.values()) if (user.nodeId === id) return userSource(user);
  return undefined;
}

function resolveNode(context: QueryContext, id: unknown) {
  const node = nodeOf(context, `${id}`);
  return node ?? graphqlError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'.`);
}

export const queryFields = fieldsOf('Query', {
  // An installation is no user.
  viewer: () => {
    throw forbidden();
  },
  rateLimit: (_source, args, { rateLimit }) => {
    if (args.dryRun === true) throw unimplemented('rateLimit(dryRun: true)');
    return rateLimit;
  },
  node: (_source, args, context) => resolveNode(context, args.id),
  nodes: (_source, args, context) => {
    const ids = Array.isArray(args.ids) ? args.ids : [];
    if (ids.length > MAX_NODE_IDS) {
      throw graphqlError(
        'ARGUMENT_LIMIT',
        `You may not provide more than ${MAX_NODE_IDS} node ids; you provided ${ids.length}.`,
      );
    }
    return ids.map((id) => resolveNode(context, id));
  },
  organization: (_source, args, { state, viewer }) => {
    const login = textArgument(args.login) ?? '';
    const organization = findOrganization(state, login);
    if (organization === undefined || viewer.installation?.organizationId !== organization.id) {
      throw graphqlError('NOT_FOUND', `Could not resolve to an Organization with the login of '${login}'.`);
    }
    return organizationSource(organization);
  },
  user: (_source, args, { state }) => {
    const login = textArgument(args.login) ?? '';
    const user = findUser(state, login);
    if (user === undefined)
      throw graphqlError('NOT_FOUND', `Could not resolve to a User with the login of '${login}'.`);
    return userSource(user);
  },
  repository: (_source, args, { state, viewer }) => {
    const name = `${textArgument(args.owner)}/${textArgument(args.name)}`;
    const found = findRepository(state, name);
    const hidden = found?.former === true && args.followRenames === false;
    if (found === undefined || hidden || !viewer.sees(found.repository)) {
      throw graphqlError('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
    }
    return repositorySource(found.repository);
  },
});
