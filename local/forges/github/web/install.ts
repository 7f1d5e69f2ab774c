import { choiceForm, type PageReply, redirectWith } from '../../server/page.ts';
import { findOrganization, findUser } from '../api/rights.ts';
import type { Organization } from '../state.ts';
import type { WebContext } from './context.ts';
import { NOT_FOUND_PAGE, page } from './page.ts';

const isInstalled = ({ state }: WebContext, { id }: Organization): boolean =>
  [...state.installations.values()].some(({ organizationId }) => organizationId === id);

/** `GET /apps/{slug}/installations/new`: choose an organization and the person who installs. Members can only request it. */
export function showInstallation(context: WebContext): PageReply {
  const { state, url, params } = context;
  if (params.slug !== state.app.slug) return NOT_FOUND_PAGE;
  const suggested = url.searchParams.get('suggested_target_id');
  const givenState = url.searchParams.get('state');
  const hidden = givenState === null ? {} : { state: givenState };
  const organizations = [...state.organizations.values()].filter(
    ({ id }) => suggested === null || `${id}` === suggested,
  );
  const parts = organizations.map((organization) => {
    const { login } = organization;
    if (isInstalled(context, organization)) return `<p>${login} has already installed it.</p>`;
    const choices = [...organization.members].flatMap(([id, membership]) => {
      const user = state.users.get(id);
      if (user === undefined || membership.state !== 'active') return [];
      const text = membership.role === 'admin' ? `Install as ${user.login}` : `Request as ${user.login}`;
      return [{ name: 'login', value: user.login, text }];
    });
    const form = choiceForm(
      `/apps/${state.app.slug}/installations/new`,
      { ...hidden, organization: login },
      choices,
    );
    return `<h2>${login}</h2>\n${form}`;
  });
  return page(`Install ${state.app.name ?? state.app.slug}`, parts.join('\n'));
}

/** The form's target. Both installing and requesting continue at the setup URL. */
export async function install(context: WebContext): Promise<PageReply> {
  const { state, form, params, install: run } = context;
  const organization = findOrganization(state, form.get('organization') ?? '');
  const user = findUser(state, form.get('login') ?? '');
  const membership = user && organization?.members.get(user.id);
  if (params.slug !== state.app.slug || organization === undefined || membership?.state !== 'active') {
    return NOT_FOUND_PAGE;
  }
  if (isInstalled(context, organization)) return showInstallation(context);
  const isOwner = membership.role === 'admin';
  const id = isOwner ? await run(organization.login, user?.login ?? '') : undefined;
  const { setupUrl } = state.app;
  if (setupUrl === undefined) {
    return page(isOwner ? 'Installed' : 'Requested', '<p>The App has no setup URL.</p>');
  }
  return redirectWith(setupUrl, {
    installation_id: id,
    setup_action: isOwner ? 'install' : 'request',
    state: form.get('state') ?? undefined,
  });
}
