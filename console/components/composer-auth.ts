/** What tells Composer a token. https://getcomposer.org/doc/articles/authentication-for-private-packages.md#http-basic */

interface Token {
  /** Of the repository. */
  readonly url: string;
  readonly secret: string;
}

const auth = ({ url, secret }: Token) => ({
  'http-basic': { [new URL(url).host]: { username: 'token', password: secret } },
});

/** For the file auth.json. */
export const authJson = (token: Token): string => JSON.stringify(auth(token), undefined, 2);

/** The value of the environment variable COMPOSER_AUTH. https://getcomposer.org/doc/03-cli.md#composer-auth */
export const composerAuth = (token: Token): string => JSON.stringify(auth(token));

/** For a shell, on a machine of its own. */
export const configLine = ({ url, secret }: Token): string =>
  `composer config --global http-basic.${new URL(url).host} token ${secret}`;

/** For a project. Plain http is for a machine alone, and has to be allowed. @param name of the entry */
export const repositoryLines = (name: string, url: string): readonly string[] => [
  ...(new URL(url).protocol === 'http:' ? ['composer config secure-http false'] : []),
  `composer config repositories.${name} composer ${url}`,
];
