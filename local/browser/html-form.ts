/** Parses and submits HTML forms as a browser without JavaScript does. */

export interface HtmlForm {
  readonly action: string;
  /** Its hidden fields. */
  readonly hidden: Readonly<Record<string, string>>;
  /** Its buttons: name and value of each. */
  readonly buttons: readonly (readonly [name: string, value: string])[];
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const attribute = (tag: string, name: string): string =>
  unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

const tags = (html: string, name: string): readonly string[] =>
  html.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? [];

/** The forms of a page. @param address of the page, to resolve the forms' actions */
export function formsOf(html: string, address: string): readonly HtmlForm[] {
  return (html.match(/<form\b[\s\S]*?<\/form>/g) ?? []).map((form) => ({
    action: new URL(attribute(tags(form, 'form')[0] ?? '', 'action'), address).href,
    hidden: Object.fromEntries(
      tags(form, 'input').map((input) => [attribute(input, 'name'), attribute(input, 'value')]),
    ),
    buttons: tags(form, 'button').map((button) => [attribute(button, 'name'), attribute(button, 'value')]),
  }));
}

/** The only form of a page. @throws Error if it has none or several */
export async function openForm(address: string): Promise<HtmlForm> {
  const response = await fetch(address, { redirect: 'manual' });
  const [form, ...others] = formsOf(await response.text(), address);
  if (form === undefined || others.length > 0) {
    throw new Error(`the page at ${new URL(address).pathname} (${response.status}) has not one form`);
  }
  return form;
}

/** Submits a form with one of its buttons. @throws Error if it has no such button */
export async function submit(
  { action, hidden, buttons }: HtmlForm,
  choice: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly location: string | undefined; readonly html: string }> {
  const [chosen] = Object.entries(choice);
  if (!buttons.some(([name, value]) => name === chosen?.[0] && value === chosen[1])) {
    throw new Error(`the form has no button ${JSON.stringify(choice)}`);
  }
  const body = new URLSearchParams({ ...hidden, ...choice });
  const response = await fetch(action, { method: 'POST', body, redirect: 'manual' });
  return {
    status: response.status,
    location: response.headers.get('location') ?? undefined,
    html: await response.text(),
  };
}
