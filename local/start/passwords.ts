/** What people of the simulated code hosts have as the password of git, by login. */
import { simulatedToken } from '../forges/bitbucket/state.ts';
import { personalToken as gitHubToken } from '../forges/github/state.ts';
import { personalToken as gitLabToken } from '../forges/gitlab/state.ts';
import type { Started } from './start.ts';

export type Passwords = Readonly<Record<string, string>>;

/** By the forge's id; a host that is not simulated is missing. */
export function passwordsOf({
  gitHub,
  gitLab,
  bitbucket,
}: Pick<Started, 'gitHub' | 'gitLab' | 'bitbucket'>): Readonly<Partial<Record<string, Passwords>>> {
  const byLogin = (logins: readonly string[], tokenOf: (login: string) => string): Passwords =>
    Object.fromEntries(logins.map((login) => [login, tokenOf(login)]));
  return {
    github: byLogin(
      [...gitHub.state.users.values()].map(({ login }) => login),
      (login) => gitHubToken(login, gitHub.state),
    ),
    ...(gitLab && {
      gitlab: byLogin(
        [...gitLab.state.users.values()].map(({ username }) => username),
        (username) => gitLabToken(username, gitLab.state),
      ),
    }),
    ...(bitbucket && {
      bitbucket: byLogin(
        [...bitbucket.state.accounts.values()].map(({ nickname }) => nickname),
        (nickname) => simulatedToken(nickname, bitbucket.state),
      ),
    }),
  };
}
