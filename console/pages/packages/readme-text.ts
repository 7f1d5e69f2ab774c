/** What is taken from a readme, which anybody who writes to its repository can fill. */

/** Others, such as `javascript:`, are no links. */
const protocols = ['http:', 'https:', 'mailto:'];

/**
 * Where a link of a readme leads.
 *
 * @param base what relative addresses begin at; without it they lead nowhere
 * @returns undefined if it leads nowhere
 */
export function addressIn(href: string, base: string | undefined): string | undefined {
  if (href.startsWith('#')) {
    return undefined;
  }
  const address = URL.parse(href, base === undefined ? undefined : `${base.replace(/\/$/, '')}/`);
  return address !== null && protocols.includes(address.protocol) ? address.href : undefined;
}

/** The text in HTML, without elements and comments. */
export const textOfHtml = (html: string): string =>
  html
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<[^>]*>/g, '')
    .trim();
