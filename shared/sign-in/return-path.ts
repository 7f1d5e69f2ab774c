/** The page on which a person chooses an organization to connect; below it is one for each code host. */
export const connectPath = '/connect';

/** Whether a person who goes there is about to choose an organization. */
export const isConnectPath = (path: string): boolean => /^\/connect(?:[/?#]|$)/.test(path);

/**
 * Where a person goes on after a sign-in: a path of this host, or its first page for whatever else is asked for.
 *
 * https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html
 */
export function returnPath(asked: string | undefined): string {
  const isPath = asked !== undefined && asked.length <= 1000 && /^\/(?![/\\])[\x21-\x7e]*$/.test(asked);
  if (!isPath || asked.includes('\\')) {
    return '/';
  }
  // Dots are resolved here, so that nothing which begins with two slashes comes out of them in a browser.
  const { origin, pathname, search, hash } = new URL(asked, 'https://console.invalid');
  const isLocal = origin === 'https://console.invalid' && !pathname.startsWith('//');
  return isLocal ? `${pathname}${search}${hash}` : '/';
}
