/** The page on which a person chooses an organization to connect; below it is one for each code host. */
export const connectPath = '/connect';

/** The console's page for the same; a browser without JavaScript is led from it to the first of the plain pages. */
export const consoleConnectPath = '/organizations/new';

/** Whether a person who goes there is about to choose an organization. */
export const isConnectPath = (path: string): boolean =>
  /^\/(?:connect|organizations\/new)(?:[/?#]|$)/.test(path);

/** The pages of the console host that the API leads back to, without a query: a page that is new is not among them before it stands here. */
const pages: readonly RegExp[] = [
  /^\/$/,
  /^\/sign-in$/,
  /^\/tokens$/,
  /^\/connect(?:\/[a-z]{1,40}~[\w.:~-]{1,300})?$/,
  /^\/connected\/[a-z0-9-]{1,40}$/,
  /^\/plain$/,
  // The console's. No segment has a percent sign, or is of dots alone.
  /^\/(?:profile|organizations|installation|o\/[a-z0-9-]{1,40})(?:\/(?!\.{1,2}(?:\/|$))[\w.:~-]{1,300}){0,6}$/,
];

/** Whether the path is exactly that of a page of ours. */
export const isPage = (path: string): boolean => pages.some((one) => one.test(path));

/** What came of a sign-in that was begun by the API, for the page that began it. */
export type SignInOutcome = 'done' | 'taken' | 'refused' | 'failed';

/**
 * The page, told what came of it in its query.
 *
 * @param path of a page
 * @param reason a code, where it was refused or failed
 */
export function pathWithOutcome(path: string, outcome: SignInOutcome, reason?: string): string {
  return `${path}?${new URLSearchParams({ outcome, ...(reason === undefined ? {} : { reason }) })}`;
}

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
