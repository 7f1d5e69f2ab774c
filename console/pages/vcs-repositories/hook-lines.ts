/** The lines that make a bare Git repository tell of pushes. https://git-scm.com/docs/githooks#post-receive */

/** In a file of its own, since arguments of a running program are seen by others on its machine: for `curl --header @FILE`. */
export const secretLine = (secret: string): string => `X-Repertoire-Secret: ${secret}`;

/** `hooks/post-receive`, which has to be executable. @param url of the hook; it has nothing that a shell would take for its own */
export const hookScript = (url: string): string =>
  [
    '#!/bin/sh',
    'exec curl --silent --show-error --request POST \\',
    '  --header @"$(dirname "$0")/repertoire-secret" \\',
    `  '${url}'`,
  ].join('\n');
