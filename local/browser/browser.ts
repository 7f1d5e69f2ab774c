/** A browser without JavaScript: it keeps cookies, follows redirects and pages that lead on at once, and sends forms. */
import { plainFetch } from '../../shared/runtime/plain-fetch.ts';
import { formsOf, type HtmlForm } from './html-form.ts';

export interface Page {
  readonly address: string;
  readonly status: number;
  readonly html: string;
  readonly forms: readonly HtmlForm[];
}

export interface Browser {
  /** @throws Error after too many redirects */
  visit(address: string): Promise<Page>;
  /**
   * Sends the first form that has the button, or a hidden field of that name and value.
   *
   * @param fields what is typed into the form
   * @throws Error when no form of the page has it
   */
  press(
    page: Page,
    has: readonly [name: string, value: string],
    fields?: Readonly<Record<string, string>>,
  ): Promise<Page>;
  /** The Cookie header for the address's origin. */
  cookies(address: string): string;
  /** Keeps the cookies of an answer to a page's own request. */
  keep(address: string, response: Response): void;
}

const redirectsMax = 10;

/** People see it among their sessions. */
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Where the answer leads at once: by a redirect, by a header, or by what a page says for browsers without JavaScript. */
function nextAddress({ status, headers }: Response, html: string): string | undefined {
  if (status >= 300 && status <= 399) {
    return headers.get('location') ?? undefined;
  }
  const refresh =
    headers.get('refresh') ??
    /<noscript><meta http-equiv="refresh" content="([^"]+)" \/><\/noscript>/.exec(html)?.[1];
  return /^0; url=(.+)$/.exec(refresh ?? '')?.[1];
}

export function createBrowser(): Browser {
  const jars = new Map<string, Map<string, string>>();

  const cookies = (address: string): string =>
    [...(jars.get(new URL(address).origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');

  function keep(address: string, response: Response): void {
    const { origin } = new URL(address);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(';');
      const end = pair.indexOf('=');
      const name = pair.slice(0, end).trim();
      if (attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute))) {
        jar.delete(name);
      } else {
        jar.set(name, pair.slice(end + 1).trim());
      }
    }
  }

  async function load(address: string, init: RequestInit = {}): Promise<Page> {
    let [to, request] = [address, init];
    for (let redirects = 0; redirects <= redirectsMax; redirects++) {
      const headers = { 'user-agent': userAgent, ...request.headers, cookie: cookies(to) };
      // Node's own fetch says `sec-fetch-mode: cors`, as no navigation of a browser does.
      const response = await plainFetch(to, { ...request, headers });
      keep(to, response);
      const html = await response.text();
      const location = nextAddress(response, html);
      if (location === undefined) {
        return { address: to, status: response.status, html, forms: formsOf(html, to) };
      }
      [to, request] = [new URL(location, to).href, {}];
    }
    throw new Error(`more than ${redirectsMax} redirects from ${new URL(address).pathname}`);
  }

  return {
    visit: (address) => load(address),
    press(page, [name, value], fields = {}) {
      const form = page.forms.find(
        ({ buttons, hidden }) =>
          hidden[name] === value ||
          buttons.some(([other, otherValue]) => other === name && otherValue === value),
      );
      if (form === undefined) {
        throw new Error(`no form of ${new URL(page.address).pathname} (${page.status}) has ${name}=${value}`);
      }
      const body = new URLSearchParams({ ...form.hidden, ...fields, [name]: value });
      return load(form.action, { method: 'POST', body, headers: { origin: new URL(page.address).origin } });
    },
    cookies,
    keep,
  };
}
