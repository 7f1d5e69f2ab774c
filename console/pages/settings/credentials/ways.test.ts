import { expect, it } from 'vitest';
import { waysToReplace } from './ways.ts';

it.each([
  ['app-installation', 'working', ['app'], []],
  ['app-installation', 'working', ['app', 'token'], ['token']],
  ['app-installation', 'credential-rejected', ['app'], ['app']],
  ['access-token', 'working', ['app', 'token'], ['app', 'token']],
  ['oauth-grant', 'working', ['token', 'grant', 'contents-token'], ['grant', 'token']],
] as const)(
  '%s, which is %s, of a code host with %j is replaced by %j',
  (kind, state, connectsWith, ways) => {
    expect(waysToReplace({ kind, state }, { connectsWith: [...connectsWith] })).toEqual(ways);
  },
);
