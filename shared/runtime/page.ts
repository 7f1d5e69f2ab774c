/**
 * Plain pages that work without JavaScript. Whatever stands in one is escaped by hono's `html`; a page may load nothing but its own
 * style, be shown in no frame and send its forms only where it says.
 */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { HttpAnswer } from './http-message.ts';

const style = `
:root{color-scheme:light dark;--ink:#1c2430;--quiet:#5a6575;--paper:#fff;--ground:#f3f5f8;--line:#d5dbe3;--act:#1d4ed8;--wrong:#b42318}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf2;--quiet:#9aa6b6;--paper:#1b212b;--ground:#12161d;--line:#343d4b;--act:#8ab0ff;--wrong:#ff9c92}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
main{max-width:34rem;margin:8vh auto;padding:2rem;background:var(--paper);border:1px solid var(--line);border-radius:.6rem}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25}
h2{margin:1.75rem 0 .5rem;font-size:1.1rem}
p{margin:.75rem 0}
ul{margin:.75rem 0;padding-left:1.2rem}
code{overflow-wrap:anywhere;user-select:all}
pre{white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;padding:.75rem;background:var(--ground);border:1px solid var(--line);border-radius:.35rem;font-size:.85rem}
.quiet{color:var(--quiet);font-size:.9rem;font-weight:400}
.brand{margin:0 0 .75rem;font-weight:600}
.brand a{color:var(--quiet);text-decoration:none}
a{color:var(--act)}
form{margin:.75rem 0}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}
input[type=text],input[type=password]{width:100%;padding:.6rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:.35rem}
[role=alert]{color:var(--wrong)}
[aria-invalid=true]{border-color:var(--wrong)}
label.choice{display:flex;gap:.5rem;align-items:baseline;margin:.25rem 0;font-weight:400}
progress{width:100%;accent-color:var(--act)}
fieldset{margin:.75rem 0;padding:0;border:0}
legend{padding:0;font-weight:600}
summary{cursor:pointer;font-size:1.1rem;font-weight:600}
details{margin:1.25rem 0}
li summary{font-size:1rem;font-weight:400}
li details{margin:.25rem 0 1rem}
button,a.button{display:block;width:100%;padding:.7rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:var(--paper);background:var(--act);border:1px solid var(--act);border-radius:.35rem;cursor:pointer}
button.second,a.second{color:var(--ink);background:none;border-color:var(--line)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
@media (max-width:36rem){main{min-height:100vh;margin:0;padding:1.25rem 1.1rem;border:0;border-radius:0}}
`;
const product = 'Repertoire';
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d4ed8"/><path d="M11 25V8h6a5 5 0 0 1 0 10h-6m6 0 5 7" fill="none" stroke="#fff" stroke-width="3"/></svg>';
/** In the page itself: a browser that finds none asks for one, and again and again where it is not there. */
export const iconLink = `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">`;
/** Of a page with the icon. */
export const iconSource = 'img-src data:';
const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;

/** What `html` makes of a template. */
export type Html = ReturnType<typeof html>;

export interface Page {
  readonly status?: number;
  readonly title: string;
  readonly content: Html;
  /**
   * Origins besides ours that a form is sent to. Browsers hold redirects after a form to them too, so whatever leads to a host of others, which
   * may redirect further, is a `leadOnAnswer`: https://www.w3.org/TR/CSP3/#directive-form-action
   */
  readonly formTargets?: readonly string[];
  readonly cookies?: readonly string[];
  /** Whole seconds. */
  readonly retryAfter?: number | undefined;
  /** Whole seconds after which the browser loads the page again. https://html.spec.whatwg.org/#the-refresh-header */
  readonly refreshSeconds?: number;
}

/** https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html */
const headers = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  // Not `no-referrer`: with that, browsers send `Origin: null` with our own forms. https://fetch.spec.whatwg.org/#append-a-request-origin-header
  'referrer-policy': 'same-origin',
} as const;

const contentSecurityPolicy = (formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src '${styleHash}'`,
    iconSource,
    `form-action ${["'self'", ...new Set(formTargets)].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

export function pageAnswer(page: Page): HttpAnswer {
  const { status = 200, title, content, formTargets = [], cookies, retryAfter, refreshSeconds } = page;
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === product ? product : `${title} · ${product}`}</title>
${raw(iconLink)}
<style>${raw(style)}</style>
</head>
<body>
<main>
${title === product ? '' : html`<p class="brand"><a href="/">${product}</a></p>`}
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  if (body instanceof Promise) {
    throw new TypeError('a page waits for something');
  }
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(formTargets),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(refreshSeconds === undefined ? {} : { refresh: String(refreshSeconds) }),
    },
    body: String(body),
    ...(cookies === undefined ? {} : { cookies }),
  };
}

/** Sends the browser on, to be asked for with GET. @param location an address of ours, or one that a code host's adapter made */
export const redirectAnswer = (location: string, cookies: readonly string[] = []): HttpAnswer => ({
  status: 303,
  headers: { ...headers, location },
  cookies,
});

/**
 * Sends the browser on after a form, to a host of others: by a page, since a redirect is held to the form's targets, and so are the redirects of
 * that host, as to a company's single sign-on. https://html.spec.whatwg.org/#the-refresh-header
 *
 * @param location an address that a code host's adapter made
 */
export function leadOnAnswer(location: string, cookies: readonly string[] = []): HttpAnswer {
  const { host } = new URL(location);
  const content = html`<p><a href="${location}">Go on to ${host}</a></p>`;
  const answer = pageAnswer({ title: `On to ${host}`, content, cookies });
  return { ...answer, headers: { ...answer.headers, refresh: `0; url=${location}` } };
}
