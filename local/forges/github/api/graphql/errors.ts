import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** The types that GitHub adds to a GraphQL error. */
export type ErrorType =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'MISSING_PAGINATION_BOUNDARIES'
  | 'EXCESSIVE_PAGINATION'
  | 'INVALID_CURSOR_ARGUMENTS'
  | 'ARGUMENT_LIMIT'
  | 'MAX_NODE_LIMIT_EXCEEDED'
  | 'RESOURCE_LIMITS_EXCEEDED'
  | 'RATE_LIMITED'
  | 'RATE_LIMIT'
  | 'UNIMPLEMENTED';

/** A GraphQL error with GitHub's type, thrown by a resolver. */
export function graphqlError(type: ErrorType, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

/** GitHub's message when something fails or takes too long; the error has no type. */
export const WENT_WRONG =
  'Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug.';

/** The field needs a permission that the token lacks. */
export function forbidden(): GraphQLError {
  return graphqlError('FORBIDDEN', 'Resource not accessible by integration');
}

/**
 * Reports something that the simulator does not implement; GitHub never answers this, so it cannot be confused with an answer of GitHub.
 */
export function unimplemented(what: string): GraphQLError {
  return graphqlError('UNIMPLEMENTED', `The simulated GitHub does not implement ${what}.`);
}

/** Formats an error as GitHub sends it: type, message, the field's path and location. */
export function formatError(error: GraphQLError): GraphQLFormattedError & { type?: unknown } {
  const { type } = error.extensions;
  const formatted = error.toJSON();
  return {
    ...(type === undefined ? {} : { type }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    ...(type === 'FORBIDDEN' ? { extensions: { saml_failure: false } } : {}),
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    message: formatted.message,
  };
}
