import { readFileSync } from 'node:fs';
import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';

let built: GraphQLSchema | undefined;

/**
 * GitHub's published schema (`@octokit/graphql-schema`). It is parsed at the first call, in about 0.2 s, and cached; it is trusted, so not
 * validated.
 */
export function githubSchema(): GraphQLSchema {
  if (built === undefined) {
    const text = readFileSync(
      new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')),
      'utf8',
    );
    const document = parse(text, { noLocation: true });
    built = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
  }
  return built;
}
