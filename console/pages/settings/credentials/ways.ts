/** What a code host can be read with instead of what it is read with now. */
import type { Schemas } from '../../../api/client.ts';

const ways = ['app', 'grant', 'token'] as const;
export type Way = (typeof ways)[number];

/**
 * The ways to replace a connection, the usual one first. An App that works is no way to replace itself: there is one installation of it in an
 * organization, so another one is there only after that was removed.
 */
export function waysToReplace(
  { kind, state }: Pick<Schemas['Connection'], 'kind' | 'state'>,
  { connectsWith }: Pick<Schemas['Integration'], 'connectsWith'>,
): readonly Way[] {
  const isWorkingApp = kind === 'app-installation' && state === 'working';
  return ways.filter((way) => connectsWith.includes(way) && !(way === 'app' && isWorkingApp));
}
