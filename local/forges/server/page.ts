/** Building blocks of simulated forges' pages, which work without JavaScript. */

/** An HTTP response. */
export interface PageReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/**
 * @param forge its name
 * @param main HTML with all outside text escaped
 */
export function forgePage(forge: string, title: string, main: string, status = 200): PageReply {
  const heading = escapeHtml(title);
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${heading} · simulated ${escapeHtml(forge)}</title>
<style>body { font: 16px/1.5 system-ui; max-width: 40rem; margin: 2rem auto; padding: 0 1rem } button { font: inherit; margin: .2rem .2rem .2rem 0 }</style></head>
<body><h1>${heading}</h1>
${main}
</body></html>
`,
  };
}

/** A submit button. */
export interface Choice {
  readonly name: string;
  readonly value: string;
  readonly text: string;
  /** Focused, so that Enter submits it. */
  readonly isPreselected?: boolean;
}

/** A form with one submit button per choice. @param hidden values of hidden fields */
export function choiceForm(
  action: string,
  hidden: Readonly<Record<string, string>>,
  choices: readonly Choice[],
): string {
  const attribute = (name: string, value: string): string => `${name}="${escapeHtml(value)}"`;
  const fields = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" ${attribute('name', name)} ${attribute('value', value)}>`,
  );
  const buttons = choices.map(
    ({ name, value, text, isPreselected }) =>
      `<button ${attribute('name', name)} ${attribute('value', value)}${isPreselected ? ' autofocus' : ''}>${escapeHtml(text)}</button>`,
  );
  return [`<form method="post" ${attribute('action', action)}>`, ...fields, ...buttons, '</form>'].join('\n');
}

/** Redirects with added query parameters. */
export function redirectWith(
  address: string,
  parameters: Readonly<Record<string, string | undefined>>,
): PageReply {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: url.href }, body: '' };
}

/** The fields of a form or of a flat JSON object. */
export function formOf(body: Buffer, type: string | undefined): URLSearchParams {
  const text = body.toString('utf8');
  if (!(type ?? '').includes('json')) return new URLSearchParams(text);
  const value: unknown = JSON.parse(text);
  return new URLSearchParams(
    Object.entries(value ?? {}).map(([name, each]): [string, string] => [name, `${each}`]),
  );
}
