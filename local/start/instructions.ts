/** The text that `npm start` prints when it is ready. */
import { atPlace, placeOf } from './place.ts';

/** A package that the first member can read, and its repository's clone address. */
export interface Example {
  readonly packageName: string;
  readonly cloneUrl: string;
  readonly folder: string;
  readonly tag: string;
}

interface ReadyOrganization {
  readonly slug: string;
  readonly url: string;
  /** Where it is, as the page of sign-in calls it. */
  readonly host: string;
  readonly members: readonly { readonly login: string; readonly role: string; readonly token: string }[];
  /** What they have there as the password of git, by login. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly example: Example | undefined;
}

interface Ready {
  readonly organizations: readonly ReadyOrganization[];
  readonly registryBaseUrl: string;
  readonly consoleBaseUrl: string;
  /** The login of the installation's administrator. */
  readonly administrator: string | undefined;
  readonly controlUrl: string;
  /** The other simulated code hosts that there are, by name. */
  readonly others: readonly {
    readonly name: string;
    readonly addresses: { readonly web: string; readonly control: string };
  }[];
  readonly dataDirectory: string;
}

/** As wide as the longest. */
const label = (text: string): string => `${text}:`.padEnd('Change the simulated Bitbucket:'.length);

export function instructions(ready: Ready): string {
  const { organizations, consoleBaseUrl, administrator, controlUrl, others, dataDirectory } = ready;
  return [
    '',
    'Repertoire is ready. Open it in a browser:',
    '',
    `  ${consoleBaseUrl}/${administrator === undefined ? '' : `   (sign in as ${administrator}, the administrator, or as another of these people)`}`,
    ...organizations.flatMap((organization) => organizationLines(ready, organization)),
    ...(organizations.length === 0
      ? ['', 'No organization is connected: the world has none that the App is installed on.']
      : []),
    '',
    `${label('Change the simulated GitHub')} ${controlUrl} (docs/worlds.md)`,
    ...others.flatMap(({ name, addresses }) => [
      `${label(`Simulated ${name}`)} ${addresses.web}`,
      `${label(`Change the simulated ${name}`)} ${addresses.control} (docs/worlds.md)`,
    ]),
    `${label('Operator commands')} ${atPlace('npm run admin -- --help', placeOf({ data: dataDirectory }))}`,
    `${label('State')} ${dataDirectory}`,
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
}

function organizationLines(
  { registryBaseUrl, consoleBaseUrl }: Ready,
  { slug, url, host, members, passwords, example }: ReadyOrganization,
): readonly string[] {
  const width = Math.max(...members.map(({ login }) => login.length));
  const [first] = members;
  return [
    '',
    `Composer repository: ${url}`,
    '',
    'Tokens (the user name for Composer is "token")',
    ...members.map(({ login, role, token }) => `  ${login.padEnd(width)}  ${token}  ${role}`),
    '',
    `Passwords for git on ${host} (simulated)`,
    ...members.map(({ login }) => `  ${login.padEnd(width)}  ${passwords[login] ?? '-'}`),
    '',
    `Sign in as one of them: ${consoleBaseUrl}/ with ${host}`,
    ...(first && example
      ? [
          '',
          `Install a private package as ${first.login}: run this in an empty folder`,
          '',
          '  composer init --no-interaction --name=example/app',
          '  composer config secure-http false        # plain http, for 127.0.0.1 only',
          '  composer config repositories.packagist.org false',
          `  composer config repositories.${slug} composer ${url}`,
          `  composer config http-basic.${new URL(registryBaseUrl).host} token ${first.token}`,
          `  composer require ${example.packageName}`,
          '',
          `Push a new tag to ${host} (simulated) and see the new version`,
          '',
          `  git clone ${example.cloneUrl} ${example.folder}`,
          `  git -C ${example.folder} tag ${example.tag} && git -C ${example.folder} push origin ${example.tag}`,
          `  composer show --all ${example.packageName}`,
        ]
      : []),
  ];
}

interface FirstRun extends Pick<Ready, 'consoleBaseUrl' | 'dataDirectory'> {
  /** Undefined where there is an administrator. */
  readonly setUpCode: string | undefined;
  /** Of the simulated GitHub. */
  readonly codeHost: string;
  /** The login of an organization there, and of one of its owners. */
  readonly example: { readonly organization: string; readonly owner: string } | undefined;
}

/** The text of a first run: what the person does by the pages. */
export const firstRunInstructions = ({
  setUpCode,
  consoleBaseUrl,
  codeHost,
  example,
  dataDirectory,
}: FirstRun): string =>
  [
    '',
    ...(setUpCode === undefined
      ? [
          `Repertoire is ready, with what you set up. Sign in: ${consoleBaseUrl}/`,
          '',
          `  The simulated GitHub ${codeHost}`,
        ]
      : [
          `Repertoire is ready, and nobody is its administrator. Begin here: ${consoleBaseUrl}/sign-in/setup`,
          '',
          'Type this into the form, and press "Go on with GitHub":',
          `  Set-up code                          ${setUpCode}`,
          ...(example === undefined
            ? []
            : [`  Organization that will own the App   ${example.organization}`]),
          `  Address of your own server           ${codeHost} (the simulated GitHub)`,
        ]),
    '',
    ...(example === undefined || setUpCode === undefined
      ? []
      : [
          `Install the App and sign in as ${example.owner}, an owner of ${example.organization}. The page that follows connects ${example.organization}.`,
          '',
        ]),
    `State: ${dataDirectory}`,
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
