import { choiceForm, escapeHtml, type PageReply, redirectWith } from '../../server/page.ts';
import { findOrganization } from '../api/rights.ts';
import { Manifest } from '../registrations.ts';
import type { WebContext } from './context.ts';
import { NOT_FOUND_PAGE, page, refusalPage } from './page.ts';

function manifestOf(form: URLSearchParams): Manifest | string {
  let json: unknown;
  try {
    json = JSON.parse(form.get('manifest') ?? '');
  } catch {
    return 'the manifest is not JSON';
  }
  const parsed = Manifest.safeParse(json);
  return parsed.success
    ? parsed.data
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

const invalid = (problem: string): PageReply =>
  refusalPage(422, `Invalid GitHub App configuration: ${problem}`);

/** `POST /settings/apps/new`, also below an organization: asks the person to confirm the App. */
export function showRegistration({ state, form, url, params }: WebContext): PageReply {
  const { organization } = params;
  if (organization !== undefined && findOrganization(state, organization) === undefined)
    return NOT_FOUND_PAGE;
  const manifest = manifestOf(form);
  if (typeof manifest === 'string') return invalid(manifest);
  const givenState = url.searchParams.get('state');
  const hidden = {
    manifest: form.get('manifest') ?? '',
    ...(givenState !== null && { state: givenState }),
  };
  const permissions = Object.entries(manifest.default_permissions).map(
    ([name, level]) => `<li>${escapeHtml(name)}: ${level}</li>`,
  );
  const owner = organization === undefined ? 'your account' : organization;
  const create = { name: 'create', value: 'true', text: `Create GitHub App for ${owner}` };
  return page(
    `Create GitHub App ${manifest.name}`,
    `<ul>${permissions.join('')}</ul>\n${choiceForm('/settings/apps', hidden, [create])}`,
  );
}

/** The form's target. The App is created when its code is exchanged. */
export function register({ form, registrations }: WebContext): PageReply {
  const manifest = manifestOf(form);
  if (typeof manifest === 'string') return invalid(manifest);
  const code = registrations.offer(manifest);
  return redirectWith(manifest.redirect_url, { code, state: form.get('state') ?? undefined });
}
