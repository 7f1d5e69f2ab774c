/**
 * The paths of the console host that the console itself answers, as path patterns of the CDN: each gets the console's one page, whose script
 * shows what the address names. Everything else goes to the HTTP API. docs/decisions/0015-console.md
 */
export const consolePaths = [
  '/',
  '/o/*',
  '/organizations',
  '/organizations/*',
  '/profile',
  '/profile/*',
  '/installation',
  '/installation/*',
] as const;

/** The console's page in the bucket. */
export const consolePage = '/index.html';

/** What the page may load: files of its own host, and nothing that stands in the page itself. https://www.w3.org/TR/CSP3/ */
export const consoleContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');
