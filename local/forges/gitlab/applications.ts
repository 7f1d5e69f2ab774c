import type { GitLabState, OAuthApplication, Scope } from './state.ts';

export interface NewApplication {
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly Scope[];
}

/** Registers an OAuth application; one with the same name keeps its id and secret. https://docs.gitlab.com/integration/oauth_provider/ */
export function addApplication(
  state: GitLabState,
  random: (bytes: number) => Uint8Array,
  { name, redirectUris, scopes }: NewApplication,
): OAuthApplication {
  const known = [...state.applications.values()].find((application) => application.name === name);
  if (known !== undefined) {
    Object.assign(known, { redirectUris, scopes });
    return known;
  }
  const secret = (): string => Buffer.from(random(32)).toString('hex');
  const application: OAuthApplication = {
    ...{ id: state.nextId++, name, clientId: secret(), clientSecret: `gloas-${secret()}` },
    ...{ redirectUris, scopes, confidential: true },
  };
  state.applications.set(application.clientId, application);
  return application;
}
