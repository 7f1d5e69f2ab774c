import { choiceForm } from './page.ts';

/** Somebody who can sign in. */
export interface Person {
  readonly login: string;
  readonly name?: string | undefined;
}

/**
 * The form of a sign-in page without passwords: a button for each person, and one that cancels. The choice comes as `login` or `cancel`.
 *
 * @param parameters those of the page's own request
 * @param kept names of the parameters that the form passes on
 * @param preselected somebody's login
 */
export function personForm(
  action: string,
  parameters: URLSearchParams,
  kept: readonly string[],
  people: readonly Person[],
  preselected?: string,
): string {
  const hidden = Object.fromEntries(
    kept.flatMap((name) => {
      const value = parameters.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const choices = people.map(({ login, name = login }) => ({
    name: 'login',
    value: login,
    text: name === login ? login : `${login} (${name})`,
    isPreselected: login.toLowerCase() === preselected?.toLowerCase(),
  }));
  const cancel = { name: 'cancel', value: 'true', text: 'Cancel' };
  return choiceForm(action, hidden, [...choices, cancel]);
}
