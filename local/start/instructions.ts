/** What `npm start` tells its user to do next. */

export interface Ready {
  readonly organization: { readonly slug: string; readonly url: string };
  readonly members: readonly { readonly login: string; readonly role: string; readonly token: string }[];
  /** A package to try, readable by the first member, and its repository's clone address; undefined if there is none. */
  readonly example:
    | {
        readonly packageName: string;
        readonly cloneUrl: string;
        readonly folder: string;
        readonly tag: string;
      }
    | undefined;
  readonly registryBaseUrl: string;
  readonly consoleBaseUrl: string;
  readonly controlUrl: string;
  readonly dataDirectory: string;
}

export function instructions(ready: Ready): string {
  const host = new URL(ready.registryBaseUrl).host;
  const width = Math.max(...ready.members.map(({ login }) => login.length));
  const lines = [
    '',
    `Repertoire is ready. Composer repository: ${ready.organization.url}`,
    '',
    'Tokens (user name for Composer: token)',
    ...ready.members.map(({ login, role, token }) => `  ${login.padEnd(width)}  ${token}  ${role}`),
  ];
  const [first] = ready.members;
  if (first && ready.example) {
    lines.push(
      '',
      `Install a private package as ${first.login}: paste this into a shell, in an empty folder`,
      '',
      '  composer init --no-interaction --name=example/app',
      '  composer config secure-http false        # plain http, for 127.0.0.1 only',
      '  composer config repositories.packagist.org false',
      `  composer config repositories.${ready.organization.slug} composer ${ready.organization.url}`,
      `  composer config http-basic.${host} token ${first.token}`,
      `  composer require ${ready.example.packageName}`,
      '',
      'Push a new tag to the simulated GitHub, and see it arrive',
      '',
      `  git clone ${ready.example.cloneUrl} ${ready.example.folder}`,
      `  git -C ${ready.example.folder} tag ${ready.example.tag} && git -C ${ready.example.folder} push origin ${ready.example.tag}`,
      `  composer show --all ${ready.example.packageName}`,
    );
  }
  lines.push(
    '',
    `Change the simulated GitHub: ${ready.controlUrl} (docs/worlds.md)`,
    'Act as an owner:             npm run admin -- --help',
    `State is kept in             ${ready.dataDirectory}`,
    '',
    'Ctrl-C stops.',
    '',
  );
  return lines.join('\n');
}
